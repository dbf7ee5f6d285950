import { as4D, rank4 } from '../tensors.js';
import type { Layer } from './layer.js';

/**
 * Every second row and column, with zeros as further channels before and behind: [n, h, w, c] to [n, h/2, w/2, c + 2 pad]. The shortcut without
 * weights of He et al. 2016, option A. Height and width are even.
 */
export const padShortcut =
  (pad: number): Layer =>
  ({ ops }, input) => {
    const x = rank4(ops, input);
    const [n, height, width, channels] = x.shape;
    const [rows, columns] = [height / 2, width / 2];
    const y = ops.tidy(() => {
      // Every second row, and of these every second pixel.
      const lines = ops.slice(
        ops.reshape(x, [n, rows, 2, width * channels]),
        [0, 0, 0, 0],
        [n, rows, 1, width * channels],
      );
      const pairs = ops.reshape(lines, [n, rows, columns, 2 * channels]);
      const taken = ops.slice(pairs, [0, 0, 0, 0], [n, rows, columns, channels]);
      return ops.pad(taken, [
        [0, 0],
        [0, 0],
        [0, 0],
        [pad, pad],
      ]);
    });
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => {
          const taken = ops.slice(rank4(ops, dy), [0, 0, 0, pad], [n, rows, columns, channels]);
          // Zeros behind every pixel, then behind every row.
          const pixels = ops.reshape(taken, [n * rows * columns, channels]);
          const wide = ops.reshape(ops.concat([pixels, ops.zerosLike(pixels)], 1), [
            n * rows,
            width * channels,
          ]);
          return as4D(ops, ops.concat([wide, ops.zerosLike(wide)], 1), [n, height, width, channels]);
        }),
    };
  };
