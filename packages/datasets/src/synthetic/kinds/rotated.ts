import { OodError } from '@oodgrid/contract';
import type { SyntheticKind } from '../kind.js';

/** Each image is turned by 90, 180 or 270 degrees, each as likely. */
export const rotated: SyntheticKind = {
  name: 'rotated',
  title: 'Rotated: by 90, 180 or 270 degrees',
  changes: true,
  stream: 6,
  prepare: ([height, width, channels], draws) => {
    if (height !== width)
      throw new OodError('invalid-input', `rotated images are square ones, and these are ${height}x${width}`);
    return (image, index) => {
      const [word = Number.NaN] = draws.ofImage(index, 1);
      for (let turns = (word % 3) + 1; turns > 0; turns--) quarterTurn(image, height, channels);
    };
  },
};

/** Counter-clockwise: the last column becomes the first row. */
function quarterTurn(image: Uint8Array, side: number, channels: number): void {
  const before = image.slice();
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const from = (column * side + (side - 1 - row)) * channels;
      image.set(before.subarray(from, from + channels), (row * side + column) * channels);
    }
  }
}
