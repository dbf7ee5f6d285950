import type { Ops, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

/** sum of p log p over columns of p [n, k], 0 log 0 being 0: [n, 1]. */
export function negativeEntropies(ops: Ops, p: Tensor2D): Tensor2D {
  return ops.tidy(() => {
    // log of the least normal number stays finite, and 0 times it is 0.
    const terms = ops.mul(p, ops.log(ops.maximum(p, 2 ** -126)));
    return as2D(ops, ops.sum(terms, 1), p.shape[0], 1);
  });
}
