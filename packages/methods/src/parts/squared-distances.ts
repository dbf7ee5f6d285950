import type { Ops, Tensor, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

/** (h - mu)' P (h - mu) of every mean [k, d]: [n, k]. */
export function squaredDistances(ops: Ops, h: Tensor2D, means: Tensor, precision: Tensor): Tensor2D {
  const [n, d] = h.shape;
  return ops.tidy(() => {
    const all = ops.unstack(means).map((mean) => {
      const z: Tensor2D = ops.sub(h, mean);
      return ops.sum(ops.mul(ops.matMul(z, as2D(ops, precision, d, d)), z), 1);
    });
    return as2D(ops, ops.stack(all, 1), n, all.length);
  });
}
