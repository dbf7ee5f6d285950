import { OUTLIER_EXPOSURE, type SyntheticKind } from '../kind.js';

/** Every value of every pixel is one of the 256 bytes, each as likely. */
export const uniform: SyntheticKind = {
  name: 'uniform',
  title: 'Uniform noise: every byte as likely',
  cites: OUTLIER_EXPOSURE,
  changes: false,
  stream: 1,
  prepare: (_size, draws) => (image, index) => {
    const words = draws.ofImage(index, Math.ceil(image.length / 4));
    for (let i = 0; i < image.length; i++) image[i] = (words[i >>> 2] ?? Number.NaN) >>> (8 * (i & 3));
  },
};
