import { NumpyRandomState } from '@oodgrid/stats';
import { tf } from '../../src/compute.js';

/** Seeded float32 values in [low, high). */
export const randomValues = (seed: number, n: number, low = -1, high = 1): Float32Array =>
  Float32Array.from(new NumpyRandomState(seed).randomSample(n), (u) => low + (high - low) * u);

/** Seeded normal values, by Box and Muller's transform. */
export function normalValues(seed: number, n: number): Float64Array {
  const u = new NumpyRandomState(seed).randomSample(2 * n);
  return Float64Array.from(
    { length: n },
    (_, i) =>
      Math.sqrt(-2 * Math.log1p(-(u[2 * i] ?? Number.NaN))) *
      Math.cos(2 * Math.PI * (u[2 * i + 1] ?? Number.NaN)),
  );
}

export function randomTensor4D(seed: number, shape: [number, number, number, number], low = -1, high = 1) {
  return tf.tensor4d(randomValues(seed, shape[0] * shape[1] * shape[2] * shape[3], low, high), shape);
}

/** Quantile of the relative differences of two arrays, against the largest value of the second. */
export function worstDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < want.length; i++) scale = Math.max(scale, Math.abs(want[i] ?? 0));
  for (let i = 0; i < want.length; i++)
    worst = Math.max(worst, Math.abs((got[i] ?? Number.NaN) - (want[i] ?? 0)));
  return got.length === want.length ? worst / Math.max(scale, 1e-30) : Number.NaN;
}
