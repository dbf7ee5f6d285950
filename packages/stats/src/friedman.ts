import { normalCdf } from './normal.js';
import { normalRangeQuantile, normalRangeTail } from './studentized-range.js';

export interface Friedman {
  /** Friedman's statistic, corrected for ties; 0 where every block ties all treatments. */
  readonly chiSquare: number;
  /** Upper tail of the chi-squared distribution with k - 1 degrees of freedom. */
  readonly p: number;
  /** Mean rank of each treatment, 1 the best; ties share the mean of their ranks. */
  readonly meanRanks: readonly number[];
}

/**
 * Friedman's test (JASA 32, 1937) of k treatments over N blocks: `values` [N][k], higher is better. As `scipy.stats.friedmanchisquare`.
 * Throws a RangeError for fewer than two blocks or three treatments, or blocks of different lengths.
 */
export function friedmanTest(values: readonly (readonly number[])[]): Friedman {
  const blocks = values.length;
  const k = values[0]?.length ?? 0;
  if (blocks < 2 || k < 3) throw new RangeError("Friedman's test needs two blocks of three treatments");
  if (values.some(({ length }) => length !== k)) throw new RangeError('the blocks have different lengths');
  const sums = new Array<number>(k).fill(0);
  let ties = 0;
  for (const block of values) {
    const { ranks, tied } = ranksOf(block);
    for (const [i, rank] of ranks.entries()) sums[i] = (sums[i] ?? Number.NaN) + rank;
    ties += tied;
  }
  const squares = sums.reduce((sum, rank) => sum + rank * rank, 0);
  const correction = 1 - ties / (blocks * k * (k * k - 1));
  const raw = (12 / (blocks * k * (k + 1))) * squares - 3 * blocks * (k + 1);
  const chiSquare = correction === 0 ? 0 : Math.max(0, raw / correction);
  return { chiSquare, p: chiSquareTail(chiSquare, k - 1), meanRanks: sums.map((sum) => sum / blocks) };
}

/** Ranks from the highest value on, and the sum of t^3 - t over groups of t equal ones. */
function ranksOf(values: readonly number[]): { readonly ranks: readonly number[]; readonly tied: number } {
  const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const ranks = new Array<number>(values.length);
  let tied = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? -1] === values[order[start] ?? -1]) end++;
    for (const i of order.slice(start, end)) ranks[i] = (start + 1 + end) / 2;
    const t = end - start;
    tied += t ** 3 - t;
    start = end;
  }
  return { ranks, tied };
}

/** Nemenyi's critical difference of mean ranks (Demsar, JMLR 7, 2006): q * sqrt(k (k + 1) / (6 N)). */
export const nemenyiDifference = (k: number, blocks: number, alpha = 0.05): number =>
  (normalRangeQuantile(alpha, k) / Math.SQRT2) * Math.sqrt((k * (k + 1)) / (6 * blocks));

/** Nemenyi's p of two treatments, by the difference of their mean ranks. */
export const nemenyiP = (difference: number, k: number, blocks: number): number =>
  normalRangeTail((Math.abs(difference) / Math.sqrt((k * (k + 1)) / (6 * blocks))) * Math.SQRT2, k);

/**
 * Upper tail of the chi-squared distribution by its finite sums for whole degrees of freedom, Abramowitz and Stegun 26.4.4 and 26.4.5.
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const isOdd = degrees % 2 === 1;
  const half = x / 2;
  // Each term is the former one times half / (half of the next odd or even number): e^-half * half^a / gamma(a + 1).
  let power = isOdd ? 0.5 : 0;
  let term = isOdd ? Math.exp(-half) * Math.sqrt(half) * (2 / Math.sqrt(Math.PI)) : Math.exp(-half);
  let total = isOdd ? 2 * normalCdf(-Math.sqrt(x)) : 0;
  for (; power <= degrees / 2 - 1 + 1e-9; power++) {
    total += term;
    term *= half / (power + 1);
  }
  return Math.min(1, total);
}
