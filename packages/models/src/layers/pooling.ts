import { as4D, rank4, shape4 } from '../tensors.js';
import type { Layer } from './layer.js';

/** Non-overlapping max-pooling without padding. */
export const maxPool =
  (size: number): Layer =>
  ({ ops, kernels }, input) => {
    const x = rank4(ops, input);
    const y = ops.maxPool(x, size, size, 'valid');
    return { y, pullback: (dy) => kernels.maxPoolGrad(rank4(ops, dy), x, y, size) };
  };

/** Means of non-overlapping windows: [n, h, w, c] to [n, h/size, w/size, c]. */
export const averagePool =
  (size: number): Layer =>
  ({ ops }, input) => {
    const x = rank4(ops, input);
    const [n, height, width, channels] = x.shape;
    const [rows, columns] = [height / size, width / size];
    return {
      y: ops.avgPool(x, size, size, 'valid'),
      pullback: (dy) =>
        ops.tidy(() => {
          // Each pixel of dy as often as its window is wide, then each row as often as it is high.
          const share = ops.reshape(ops.div(dy, size * size), [n * rows * columns, 1, channels]);
          const wide = ops.reshape(ops.tile(share, [1, size, 1]), [n * rows, 1, width * channels]);
          return as4D(ops, ops.tile(wide, [1, size, 1]), [n, height, width, channels]);
        }),
    };
  };

/** Mean over height and width: [n, h, w, c] to [n, c]. */
export const globalAveragePool: Layer = ({ ops }, x) => {
  const [n, height, width, channels] = shape4(x);
  return {
    y: ops.mean(x, [1, 2]),
    pullback: (dy) =>
      ops.tidy(() =>
        ops.tile(as4D(ops, ops.div(dy, height * width), [n, 1, 1, channels]), [1, height, width, 1]),
      ),
  };
};
