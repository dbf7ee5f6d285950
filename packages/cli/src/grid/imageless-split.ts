import { OodError } from '@oodgrid/contract';
import type { SplitContent } from '@oodgrid/datasets';
import { requireSameSamples } from './require-same-samples.js';
import type { ModelValues, SplitValues } from './split-values.js';

/** The normalisation of images that are not there. */
export const NO_NORMALISATION = { mean: [0], std: [1] };

/** The ways in which the labels of a split are used. */
interface LabelUse {
  /** On the ID side; those of an OOD set are read by nobody. */
  readonly isId: boolean;
  /** The first entry of the grid that fits on labels of this split, for messages; undefined where none does. */
  readonly neededBy: string | undefined;
}

/**
 * A split of a data set without images: as many samples as the models bring values of, and the labels that came with them. Throws
 * `invalid-input` where a model computes from images, where models disagree, and where labels are needed that are not there.
 */
export async function imagelessSplit(
  name: string,
  split: 'test' | 'train',
  { isId, neededBy }: LabelUse,
  values: SplitValues,
): Promise<SplitContent> {
  const [computing] = values.computing;
  if (computing !== undefined)
    throw new OodError(
      'invalid-input',
      `data set "${name}" has no images (images: none), but model "${computing}" takes images: give its folder, or take the model out`,
    );
  const title = `${name}/${split}`;
  const all = await values.of(name, split);
  const ofId: readonly ModelValues[] = isId ? all : all.map(({ labels: _unread, ...rest }) => rest);
  requireSameSamples(title, ofId, undefined);
  const [first] = ofId;
  if (first === undefined) throw new OodError('internal', `no model brings values of ${title}`);
  const labels = ofId.find((one) => one.labels !== undefined)?.labels;
  if (labels === undefined && neededBy !== undefined)
    throw new OodError(
      'invalid-input',
      `${neededBy} is fitted on labels, but no model has any of ${title}: add "labels" [${first.count}] to its file, or take the method out`,
    );
  return {
    images: new Uint8Array(),
    shape: [first.count, 0, 0, 1],
    ...(labels === undefined ? {} : { labels }),
  };
}
