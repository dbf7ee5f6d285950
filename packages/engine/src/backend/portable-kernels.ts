import type { Kernels } from '@oodgrid/models';
import { as4D, type Tensor, tf } from './tensors.js';

/** Kernels made of public tfjs ops: run on every backend, several times slower than the native ones. */
export const portableKernels: Kernels = {
  reluGrad: (dy, y) => tf.tidy(() => tf.mul(dy, tf.step(y))),

  maxPoolGrad: (dy, x, y, size) =>
    tf.tidy(() => {
      const [n, rows, columns, channels] = y.shape;
      // Window positions in row-major order: the first that equals the maximum takes the gradient.
      const covered = tf.slice(x, [0, 0, 0, 0], [n, rows * size, columns * size, channels]);
      const windows = tf.reshape(covered, [n, rows, size, columns, size, channels]);
      let free: Tensor = tf.onesLike(y);
      const parts: Tensor[] = [];
      for (let row = 0; row < size; row++) {
        const inRow: Tensor[] = [];
        for (let column = 0; column < size; column++) {
          const value = tf.slice(windows, [0, 0, row, 0, column, 0], [n, rows, 1, columns, 1, channels]);
          const isMaximum = tf.equal(tf.reshape(value, y.shape), y);
          const taken = tf.mul(free, tf.cast(isMaximum, 'float32'));
          free = tf.sub(free, taken);
          inRow.push(tf.reshape(tf.mul(dy, taken), [n, rows, 1, columns, 1, channels]));
        }
        parts.push(tf.concat(inRow, 4));
      }
      const grown = tf.reshape(tf.concat(parts, 2), [n, rows * size, columns * size, channels]);
      const [, height, width] = x.shape;
      const padded = tf.pad(grown, [
        [0, 0],
        [0, height - rows * size],
        [0, width - columns * size],
        [0, 0],
      ]);
      return as4D(padded, [n, height, width, channels]);
    }),
};
