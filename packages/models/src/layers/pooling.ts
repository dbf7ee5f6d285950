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
