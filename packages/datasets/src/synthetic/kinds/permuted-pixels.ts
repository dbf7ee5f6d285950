import { permutation } from '../draws.js';
import type { SyntheticKind } from '../kind.js';

/** The pixels of all images are permuted alike: each keeps its values, and what was next to it is not. */
export const permutedPixels: SyntheticKind = {
  name: 'permuted-pixels',
  title: 'Permuted pixels: one permutation for all images',
  changes: true,
  stream: 7,
  prepare: ([height, width, channels], draws) => {
    const order = permutation(draws.ofSet(height * width));
    return (image) => {
      const before = image.slice();
      for (const [to, from] of order.entries())
        image.set(before.subarray(from * channels, (from + 1) * channels), to * channels);
    };
  },
};
