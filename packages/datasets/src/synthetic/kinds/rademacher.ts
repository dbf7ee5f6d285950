import { OUTLIER_EXPOSURE, type SyntheticKind } from '../kind.js';

/** Every value is 0 or 255, each as likely. */
export const rademacher: SyntheticKind = {
  name: 'rademacher',
  title: 'Rademacher noise: black or white, each as likely',
  cites: OUTLIER_EXPOSURE,
  changes: false,
  stream: 3,
  prepare: (_size, draws) => (image, index) => {
    const words = draws.ofImage(index, Math.ceil(image.length / 32));
    for (let i = 0; i < image.length; i++)
      image[i] = 255 * (((words[i >>> 5] ?? Number.NaN) >>> (i & 31)) & 1);
  },
};
