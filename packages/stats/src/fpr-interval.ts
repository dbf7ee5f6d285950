import { binomialRange } from './binomial.js';
import type { Interval } from './delong.js';
import { squareAndAdd } from './square-and-add.js';
import { wilsonInterval } from './wilson.js';

/**
 * Limits of the share of OOD above the threshold that keeps `recall` of ID. Two things are uncertain, and added in squares: the share above a
 * threshold (Wilson), and the threshold, which is a quantile of ID: it lies between two order statistics, with the probability `level`,
 * whatever the distribution. Where no ID sample is sure to lie below it, nothing is known of what lies above it, and the upper limit is 1.
 *
 * `oodAbove(k)`: OOD samples at or above the k-th highest ID score, k from 1.
 */
export function fprInterval(
  oodAbove: (k: number) => number,
  { n, m, recall, needed }: { n: number; m: number; recall: number; needed: number },
  level: number,
): Pick<Interval, 'low' | 'high'> {
  const above = oodAbove(needed);
  const value = above / m;
  const { low, high } = binomialRange(n, recall, level);
  const threshold = {
    value,
    low: low === 0 ? 0 : Math.min(value, oodAbove(low) / m),
    high: high === n ? 1 : Math.max(value, oodAbove(high + 1) / m),
  };
  return squareAndAdd(value, [wilsonInterval(above, m, level), threshold]);
}
