import { as1D, type Tensor, type Tensor1D, type Tf } from '../backend/tensors.js';

/**
 * max softmax(z), [n], as 1 / sum exp(z - max z). TensorFlow's own softmax kernel multiplies by an approximate
 * reciprocal and ends at 1 - 2^-24 where float32 saturates; the paper's ties are at exactly 1.
 */
export function maxSoftmax(tf: Tf, z: Tensor): Tensor1D {
  return tf.tidy(() => as1D(tf.div(1, tf.sum(tf.exp(tf.sub(z, tf.max(z, 1, true))), 1))));
}
