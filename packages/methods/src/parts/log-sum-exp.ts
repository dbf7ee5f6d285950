import type { Ops, Tensor, Tensor1D } from '../method.js';
import { as1D } from './shapes.js';

/** log sum exp(z) over classes, [n]; the largest logit is taken out first, so nothing overflows. */
export function logSumExp(ops: Ops, z: Tensor): Tensor1D {
  return ops.tidy(() => as1D(ops, ops.logSumExp(z, 1)));
}
