import type { NumpyRandomState } from '../src/index.js';

/** Normal scores by Box and Muller from numpy's generator: the same in every run. */
export function normalScores(random: NumpyRandomState, n: number, mean: number): Float64Array {
  const a = random.randomSample(n);
  const b = random.randomSample(n);
  return a.map((u, i) => mean + Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * (b[i] ?? 0)));
}
