import type { Ops, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

/** Returns how many of d activations a percentile keeps; the number that is cut is rounded half to even. */
export function keptCount(d: number, percentile: number): number {
  const cut = (d * percentile) / 100;
  const half = Math.abs(cut - Math.floor(cut) - 0.5) < 1e-9;
  const rounded = half ? 2 * Math.round(cut / 2) : Math.round(cut);
  return d - rounded;
}

/** 1 where an activation of h [n, d] is among its sample's `count` largest, else 0; of equal ones those of the lowest index. */
export function topActivations(ops: Ops, h: Tensor2D, count: number): Tensor2D {
  const [n, d] = h.shape;
  return ops.tidy(() => {
    const least = ops.slice(ops.topk(h, count).values, [0, count - 1], [n, 1]);
    const above = ops.cast(ops.greater(h, least), 'float32');
    const equal = ops.cast(ops.equal(h, least), 'float32');
    const room = ops.sub(count, ops.sum(above, 1, true));
    const isEarly = ops.cast(ops.lessEqual(ops.cumsum(equal, 1), room), 'float32');
    return as2D(ops, ops.add(above, ops.mul(equal, isEarly)), n, d);
  });
}
