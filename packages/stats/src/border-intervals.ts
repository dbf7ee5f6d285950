import { auprInterval } from './aupr-interval.js';
import type { BootstrapIntervals } from './bootstrap.js';
import type { Interval } from './delong.js';
import { detaccInterval } from './detacc-interval.js';
import { fprInterval } from './fpr-interval.js';
import { neededFor } from './rank-walk.js';
import { countGroups, type RankedScores } from './ranked-scores.js';

type Limits = Pick<Interval, 'low' | 'high'>;

/**
 * Intervals that have their coverage at the border too. A bootstrap draws from what was seen: where sides are separated perfectly, or
 * nearly, all its replicates agree and the interval is a point. The union of it and of a score interval of the metric holds the truth at least as
 * often as either; for normal scores it is hardly wider than the bootstrap's away from the border. Measured coverage: docs/intervals.md.
 */
export function withBorder(
  ranked: RankedScores,
  auroc: Interval,
  bootstrap: BootstrapIntervals,
  level = 0.95,
): BootstrapIntervals {
  const curve = new Curve(ranked);
  const { n, m } = curve;
  // What choosing among the gaps between samples gains: about half a sample a side.
  const half = 1 / (4 * n) + 1 / (4 * m);
  const fpr = (recall: number) =>
    fprInterval((k) => curve.oodAbove(k), { n, m, recall, needed: neededFor(recall, n) }, level);
  const fpr95 = union(bootstrap.fpr95, fpr(0.95));
  return {
    auprIn: union(bootstrap.auprIn, auprInterval(bootstrap.auprIn.value, auroc, m / n, half)),
    auprOut: union(bootstrap.auprOut, auprInterval(bootstrap.auprOut.value, auroc, n / m, half)),
    fpr80: union(bootstrap.fpr80, fpr(0.8)),
    fpr95,
    tnr95: union(bootstrap.tnr95, { low: 1 - fpr95.high, high: 1 - fpr95.low }),
    detacc: within(
      bootstrap.detacc.value,
      detaccInterval({ n, m, ...curve.best() }, bootstrap.detacc, level),
    ),
  };
}

function union({ value, low, high }: Interval, other: Limits): Interval {
  return within(value, { low: Math.min(low, other.low), high: Math.max(high, other.high) });
}

/** In [0, 1], and around the value. */
function within(value: number, { low, high }: Limits): Interval {
  return { value, low: Math.max(0, Math.min(value, low)), high: Math.min(1, Math.max(value, high)) };
}

/** ID and OOD samples at or above each score. */
class Curve {
  readonly n: number;
  readonly m: number;
  readonly #idAbove: Float64Array;
  readonly #oodAbove: Float64Array;

  constructor({ idGroup, oodGroup, thresholds }: RankedScores) {
    this.n = idGroup.length;
    this.m = oodGroup.length;
    this.#idAbove = cumulated(countGroups(idGroup, thresholds.length));
    this.#oodAbove = cumulated(countGroups(oodGroup, thresholds.length));
  }

  /** OOD samples at or above the k-th highest ID score, k from 1. */
  oodAbove(k: number): number {
    let low = 0;
    let high = this.#idAbove.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#idAbove[middle] < k) low = middle + 1;
      else high = middle;
    }
    return this.#oodAbove[low];
  }

  /** Samples at or above the threshold with the best (TPR + TNR) / 2; none where no threshold is better than none. */
  best(): { readonly idAbove: number; readonly oodAbove: number } {
    let best = { idAbove: 0, oodAbove: 0 };
    let largest = 0;
    for (let group = 0; group < this.#idAbove.length; group++) {
      const idAbove = this.#idAbove[group];
      const oodAbove = this.#oodAbove[group];
      const gap = idAbove * this.m - oodAbove * this.n;
      if (gap <= largest) continue;
      largest = gap;
      best = { idAbove, oodAbove };
    }
    return best;
  }
}

function cumulated(counts: Float64Array): Float64Array {
  for (let group = 1; group < counts.length; group++) counts[group] += counts[group - 1];
  return counts;
}
