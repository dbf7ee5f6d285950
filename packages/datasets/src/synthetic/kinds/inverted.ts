import type { SyntheticKind } from '../kind.js';

/** Black is white and white black. */
export const inverted: SyntheticKind = {
  name: 'inverted',
  title: 'Inverted: 255 less every byte',
  changes: true,
  stream: 5,
  prepare: () => (image) => {
    for (const [i, value] of image.entries()) image[i] = 255 - value;
  },
};
