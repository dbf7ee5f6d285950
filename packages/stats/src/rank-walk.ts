import type { RankedScores } from './ranked-scores.js';

/**
 * Metrics of resampled scores by one walk along a cell's rank order, from the highest score to the lowest: what
 * `metricsOfCounts` gives for the groups' counts, to rounding, without building groups for each replicate.
 */
export class RankWalk {
  auprIn = 0;
  auprOut = 0;
  fpr80 = 0;
  fpr95 = 0;
  tnr95 = 0;
  detacc = 0;
  readonly #n: number;
  readonly #m: number;
  /** The rank order. */
  readonly #order: Uint32Array;
  /** Where each group of equal scores ends in it; null when no two scores are equal. */
  readonly #ends: Uint32Array | null;

  constructor({ idGroup, oodGroup, order, thresholds }: RankedScores) {
    this.#n = idGroup.length;
    this.#m = oodGroup.length;
    this.#order = order;
    this.#ends = thresholds.length === order.length ? null : endsOf(idGroup, oodGroup, thresholds.length);
  }

  /** `counts` [n + m]: how often each ID and each OOD sample was drawn, [n] and [m] in all. */
  walk(counts: Uint8Array): void {
    const order = this.#order;
    const ends = this.#ends;
    const n = this.#n;
    const m = this.#m;
    const total = n + m;
    const need80 = needed(0.8, n);
    const need95 = needed(0.95, n);
    let id = 0;
    let ood = 0;
    let areaIn = 0;
    let areaOut = 0;
    let gap = 0;
    let at80 = -1;
    let at95 = -1;
    // Of the group before: precision with ID positive, and (from the low end) with OOD positive of what follows it.
    let precisionIn = -1;
    let precisionOut = m / total;
    for (let k = 0, group = 0; k < total; group++) {
      let idHere = 0;
      let oodHere = 0;
      for (const end = ends === null ? k + 1 : (ends[group] ?? total); k < end; k++) {
        const sample = order[k] ?? 0;
        const count = counts[sample] ?? 0;
        // Without a branch: which side comes next is as good as random.
        const isId = (sample - n) >> 31;
        idHere += count & isId;
        oodHere += count & ~isId;
      }
      id += idHere;
      ood += oodHere;
      const all = id + ood;
      if (all === 0) continue;
      const precision = id / all;
      // Trapezoids; the first point of a curve has no other before it. A group that was not drawn adds nothing.
      areaIn += idHere * (precision + (precisionIn < 0 ? precision : precisionIn));
      precisionIn = precision;
      const rest = all === total ? precisionOut : (m - ood) / (total - all);
      areaOut += oodHere * (precisionOut + rest);
      precisionOut = rest;
      gap = Math.max(gap, id * m - ood * n);
      if (at80 < 0 && id >= need80) at80 = ood;
      if (at95 < 0 && id >= need95) at95 = ood;
      if (all === total) break;
    }
    this.auprIn = areaIn / (2 * n);
    this.auprOut = areaOut / (2 * m);
    this.fpr80 = at80 / m;
    this.fpr95 = at95 / m;
    this.tnr95 = 1 - this.fpr95;
    this.detacc = (1 + gap / (n * m)) / 2;
  }
}

function endsOf(idGroup: Int32Array, oodGroup: Int32Array, groups: number): Uint32Array {
  const ends = new Uint32Array(groups);
  for (const side of [idGroup, oodGroup]) {
    for (let i = 0; i < side.length; i++) {
      const group = side[i] ?? 0;
      ends[group] = (ends[group] ?? 0) + 1;
    }
  }
  for (let group = 1; group < groups; group++) ends[group] = (ends[group] ?? 0) + (ends[group - 1] ?? 0);
  return ends;
}

/** The smallest number of samples whose share of `n` is at least `recall`, by the same division as in the metrics. */
function needed(recall: number, n: number): number {
  let count = Math.floor(recall * n);
  while (count / n < recall) count++;
  return count;
}
