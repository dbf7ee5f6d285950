import { chain } from './chain.js';
import type { Layer } from './layer.js';

/** ReLU of the sum of two branches of the same input. */
export const residual =
  (branch: readonly Layer[], shortcut: readonly Layer[]): Layer =>
  (pass, x) => {
    const { ops } = pass;
    const main = chain(branch)(pass, x);
    const side = chain(shortcut)(pass, x);
    const y = ops.tidy(() => ops.relu(ops.add(main.y, side.y)));
    return {
      y,
      pullback: (dy) =>
        ops.tidy(() => {
          const dz = pass.kernels.reluGrad(dy, y);
          return ops.add(main.pullback(dz), side.pullback(dz));
        }),
    };
  };
