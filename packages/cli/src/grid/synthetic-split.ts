import { type ModelFacts, OodError } from '@oodgrid/contract';
import { changedImages, drawnImages, type PixelUse, type SplitContent } from '@oodgrid/datasets';
import type { SyntheticReference } from '@oodgrid/grid';

/** Images of a set that is drawn, where the grid names no number. */
const DRAWN = 10_000;

/**
 * Makes the images of a synthetic set: of the models' input size, or those of the set that it changes. Throws `invalid-input` with
 * the set's name where they cannot be made.
 */
export function syntheticSplit(
  name: string,
  reference: SyntheticReference,
  changed: SplitContent | null,
  pixels: PixelUse,
  models: readonly ModelFacts[],
): SplitContent {
  const { synthetic, seed, count } = reference;
  try {
    if (pixels === 'floats')
      throw new OodError(
        'invalid-input',
        'it is made of bytes, but normalisation: none on the ID side of its pair uses floats as they are, on both sides',
      );
    if (changed !== null) return changedImages(synthetic, seed, count, changed);
    return drawnImages(synthetic, seed, count ?? DRAWN, imageSize(models));
  } catch (thrown) {
    const { code, message } = OodError.from(thrown);
    throw new OodError(code, `data set ${JSON.stringify(name)}: ${message}`, { cause: thrown });
  }
}

/** Models of several sizes are refused when they are compared with the images. */
function imageSize(models: readonly ModelFacts[]) {
  for (const { input } of models) if (input !== null) return input;
  throw new OodError(
    'invalid-input',
    'no model of the grid takes images, so that nothing says how large they should be',
  );
}
