import { createHash } from 'node:crypto';
import { as4D, type Tensor, type Tensor2D, tf } from './tensors.js';

const COUNT = 4096;

/**
 * First eight hexadecimal digits of the SHA-256 of what the loaded backend computes of fixed numbers. Processors with
 * the same instructions need not give the same bits: approximate reciprocals and roots, which softmax and
 * normalisations are made of, are the vendor's own, and the blocks in which a product is summed follow the sizes
 * of the caches. What differs in that way differs here.
 */
export function numericsProbe(): string {
  const hash = createHash('sha256');
  tf.tidy(() => {
    for (const result of probes()) hash.update(new Uint8Array(result.dataSync<'float32'>().slice().buffer));
  });
  return hash.digest('hex').slice(0, 8);
}

/** Numbers with many leading digits, by which tables of approximations are looked up, and sums long enough to be taken in blocks. */
function probes(): Tensor[] {
  const ones = tf.tensor1d(Float32Array.from({ length: COUNT }, (_, i) => 1 + i / COUNT));
  const logits = tf.mul<Tensor2D>(tf.reshape(ones, [COUNT / 16, 16]), 16);
  const long = tf.tensor2d(
    Float32Array.from({ length: 8 * COUNT }, (_, i) => ((i * 7919) % 4093) / 4093),
    [8, COUNT],
  );
  const image = as4D(ones, [1, 8, 8, 64]);
  const filter = as4D(tf.slice(long, [0, 0], [8, 9 * 64]), [3, 3, 64, 8]);
  return [
    tf.reciprocal(ones),
    tf.rsqrt(ones),
    tf.sqrt(ones),
    tf.exp(ones),
    tf.log(ones),
    tf.tanh(ones),
    tf.sigmoid(ones),
    tf.softmax(logits),
    tf.sum(long, 1),
    tf.matMul(long, long, false, true),
    tf.conv2d(image, filter, 1, 'same'),
  ];
}
