import type { ResolvedDataset, ResultWarning } from '@oodgrid/contract';
import { isImageless } from '@oodgrid/grid';
import type { ReferredDatasets } from './data-set-references.js';

/**
 * Says of each tested OOD set that it is the one that settings are chosen on, by name or by its images: its numbers, and the means that it is in,
 * are then better than those of samples that nobody has seen.
 */
export function choiceWarnings(
  { validation, pairs, datasets: referred }: Pick<ReferredDatasets, 'validation' | 'pairs' | 'datasets'>,
  datasets: readonly ResolvedDataset[],
): ResultWarning[] {
  if (validation === undefined) return [];
  // What has no images has no content that tells it from another set of its size.
  const hasImages = (name: string) =>
    referred.some((one) => one.name === name && !isImageless(one.reference));
  const imagesOf = (name: string) =>
    hasImages(name) ? datasets.find((one) => one.name === name)?.test.ref.images : undefined;
  const chosenOn = imagesOf(validation);
  const tested = new Set(pairs.map(({ ood }) => ood));
  return [...tested].flatMap((ood) => {
    const isSame = ood === validation || (chosenOn !== undefined && imagesOf(ood) === chosenOn);
    if (!isSame) return [];
    const other = ood === validation ? '' : ` under the name "${validation}"`;
    const message = `settings are chosen on "${ood}"${other}, which is tested too: its numbers are better than they should be; choose on another OOD set, or take this one out of the pairs`;
    return [{ code: 'chosen-on-test', severity: 'serious', message, place: { ood } } as const];
  });
}
