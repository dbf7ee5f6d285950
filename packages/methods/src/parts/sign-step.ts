import type { Ops, Tensor, Tensor1D } from '../method.js';

/**
 * Step against the sign of a gradient, where zero counts as positive, divided per channel by the
 * normalisation's std: x' = x - magnitude * (sign / std). Shared by ODIN and Mahalanobis.
 */
export function signStep(ops: Ops, gradient: Tensor, std: Tensor1D): Tensor {
  return ops.tidy(() => {
    const isPositive = ops.cast(ops.greaterEqual(gradient, 0), 'float32');
    return ops.neg(ops.div(ops.sub(ops.mul(isPositive, 2), 1), std));
  });
}
