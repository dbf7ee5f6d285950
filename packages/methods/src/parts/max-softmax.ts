import type { Ops, Tensor, Tensor1D } from '../method.js';
import { as1D } from './shapes.js';

/**
 * max softmax(z), [n], as 1 / sum exp(z - max z). TensorFlow's own softmax kernel multiplies by an approximate
 * reciprocal and ends at 1 - 2^-24 where float32 saturates; the paper's ties are at exactly 1.
 */
export function maxSoftmax(ops: Ops, z: Tensor): Tensor1D {
  return ops.tidy(() => as1D(ops, ops.div(1, ops.sum(ops.exp(ops.sub(z, ops.max(z, 1, true))), 1))));
}
