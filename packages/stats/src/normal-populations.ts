import type { Metrics } from './metrics.js';
import { normalCdf } from './normal.js';
import type { NumpyRandomState } from './numpy-random.js';

/** Standard normal quantiles of 0.8 and 0.95. */
const Z80 = 0.8416212335729143;
const Z95 = 1.6448536269514722;
/** The midpoint rule on what falls off as a normal density does: right to the last digits. */
const STEP = 1e-2;

/** Scores of a normal population with deviation 1 by Box and Muller: the same in every run. */
export function normalScores(random: NumpyRandomState, n: number, mean: number): Float64Array {
  const a = random.randomSample(n);
  const b = random.randomSample(n);
  return a.map((u, i) => mean + Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * b[i]));
}

/**
 * Metrics of populations instead of samples, what intervals should hold: ID scores are normal around `shift` with deviation 1, OOD ones
 * around 0 with deviation `spread`, `ratio` of them for each ID one. Areas by the midpoint rule along the threshold.
 */
export function metricsOfNormals(shift: number, ratio: number, spread = 1): Metrics {
  if (shift === Number.POSITIVE_INFINITY)
    return { auroc: 1, auprIn: 1, auprOut: 1, fpr80: 0, fpr95: 0, tnr95: 1, detacc: 1 };
  const tprAt = (threshold: number) => normalCdf(shift - threshold);
  const fprAt = (threshold: number) => normalCdf(-threshold / spread);
  const accuracyAt = (threshold: number) => (tprAt(threshold) + 1 - fprAt(threshold)) / 2;
  const reach = 9 * Math.max(1, spread);
  let auprIn = 0;
  let auprOut = 0;
  for (let t = -reach + STEP / 2; t < reach + shift; t += STEP) {
    const tpr = tprAt(t);
    auprIn += (STEP * density(t - shift) * tpr) / (tpr + ratio * fprAt(t));
    const below = normalCdf(t / spread);
    auprOut += (STEP * (density(t / spread) / spread) * below) / (below + normalCdf(t - shift) / ratio);
  }
  const [fpr80, fpr95] = [fprAt(shift - Z80), fprAt(shift - Z95)];
  const detacc = Math.max(0.5, ...crossings(shift, spread).map(accuracyAt));
  const auroc = normalCdf(shift / Math.hypot(1, spread));
  return { auroc, auprIn, auprOut, fpr80, fpr95, tnr95: 1 - fpr95, detacc };
}

/** Thresholds at which both densities are equal: accuracy is largest, or least, at one of them. */
function crossings(shift: number, spread: number): readonly number[] {
  const a = 1 - 1 / spread ** 2;
  if (a === 0) return [shift / 2];
  const root = Math.sqrt(Math.max(0, shift ** 2 - a * (shift ** 2 - 2 * Math.log(spread))));
  return [(shift - root) / a, (shift + root) / a];
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
