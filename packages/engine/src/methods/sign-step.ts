import type { Tensor, Tensor1D, Tf } from '../backend/tensors.js';

/**
 * Step against the sign of a gradient, where zero counts as positive, divided per channel by the
 * normalisation's std: x' = x - magnitude * (sign / std). Shared by ODIN and Mahalanobis.
 */
export function signStep(tf: Tf, gradient: Tensor, std: Tensor1D): Tensor {
  return tf.tidy(() => {
    const isPositive = tf.cast(tf.greaterEqual(gradient, 0), 'float32');
    return tf.neg(tf.div(tf.sub(tf.mul(isPositive, 2), 1), std));
  });
}
