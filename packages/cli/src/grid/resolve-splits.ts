import { type Digest, type ModelSpec, OodError, type ResolvedDataset } from '@oodgrid/contract';
import type { GridModel } from './resolve-models.js';
import type { SplitValues } from './split-values.js';

/**
 * A model with what it has of each split of the grid, where its values were computed elsewhere; any other as it is. Throws `invalid-input`
 * where it has another number of samples than the data set.
 */
export async function withSplits(
  { spec, splitFiles }: GridModel,
  datasets: readonly ResolvedDataset[],
  values: SplitValues,
): Promise<ModelSpec> {
  if (splitFiles === undefined) return spec;
  const splits: Record<string, Digest> = {};
  for (const dataset of datasets) {
    for (const split of ['test', 'train'] as const) {
      const wanted = dataset[split];
      if (wanted === undefined) continue;
      const { count, blob } = await values.ofModel(spec.name, dataset.name, split);
      if (count !== wanted.count)
        throw new OodError(
          'invalid-input',
          `model "${spec.name}" has values of ${count} samples of ${wanted.ref.name}, which has ${wanted.count}`,
        );
      splits[wanted.ref.name] = blob;
    }
  }
  return { ...spec, splits };
}
