import { normalCdf } from '@oodgrid/stats';
import { OUTLIER_EXPOSURE, type SyntheticKind } from '../kind.js';

/**
 * Bounds of 32-bit words: a word below the bound of b is a byte of at most b. Of 0.5 + 0.5 z, cut to [0, 1], each value goes to the
 * nearest multiple of 1 / 255; whole numbers leave nothing to the rounding of a machine's own logarithms.
 */
const BOUNDS = Float64Array.from({ length: 255 }, (_, byte) =>
  Math.round(2 ** 32 * normalCdf(((byte + 0.5) / 255 - 0.5) / 0.5)),
);

function byteOf(word: number): number {
  let [low, high] = [0, BOUNDS.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (word < (BOUNDS[middle] ?? Number.NaN)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Independent normal values, mean and standard deviation .5, cut to 0..1: the authors' for MNIST. */
export const gaussian: SyntheticKind = {
  name: 'gaussian',
  title: 'Gaussian noise: mean and standard deviation .5, cut to 0..1',
  cites: OUTLIER_EXPOSURE,
  changes: false,
  stream: 2,
  prepare: (_size, draws) => (image, index) => {
    for (const [i, word] of draws.ofImage(index, image.length).entries()) image[i] = byteOf(word);
  },
};
