import { OodError } from '@oodgrid/contract';
import { permutation } from '../draws.js';
import type { SyntheticKind } from '../kind.js';

/** Patches along each axis. */
const GRID = 4;

/** Each image is cut into 4 x 4 patches, which are put together in an order of its own. */
export const shuffledPatches: SyntheticKind = {
  name: 'shuffled-patches',
  title: 'Shuffled patches: 4 x 4 of each image',
  changes: true,
  stream: 8,
  prepare: ([height, width, channels], draws) => {
    if (height % GRID !== 0 || width % GRID !== 0)
      throw new OodError(
        'invalid-input',
        `shuffled patches are a quarter of the height and width, and ${height}x${width} cannot be quartered`,
      );
    const [rows, columns] = [height / GRID, width / GRID];
    return (image, index) => {
      const before = image.slice();
      const place = (patch: number, row: number) =>
        ((Math.floor(patch / GRID) * rows + row) * width + (patch % GRID) * columns) * channels;
      for (const [to, from] of permutation(draws.ofImage(index, GRID * GRID)).entries()) {
        for (let row = 0; row < rows; row++) {
          const start = place(from, row);
          image.set(before.subarray(start, start + columns * channels), place(to, row));
        }
      }
    };
  },
};
