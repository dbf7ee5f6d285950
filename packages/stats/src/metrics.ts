import { countGroups, type RankedScores, rankScores } from './ranked-scores.js';

/** Names of the `fssd-paper` metrics, in the order of `metricsOfCounts`. */
export const METRIC_NAMES = ['auroc', 'auprIn', 'auprOut', 'fpr80', 'fpr95', 'tnr95', 'detacc'] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/**
 * Metrics with ID as the positive class, each in [0, 1]. `auprIn` has ID positive, `auprOut` OOD;
 * `fpr80` and `fpr95` are the share of OOD at or above the largest threshold whose ID recall is at least
 * 0.8 and 0.95; `tnr95` = 1 - fpr95; `detacc` = best (TPR + TNR) / 2 over thresholds.
 */
export type Metrics = Readonly<Record<MetricName, number>>;

/** Ties are grouped: deterministic, and equal to the expectation under random tie-breaking for AUROC. */
export function rocMetrics(id: Float64Array, ood: Float64Array): Metrics {
  const ranked = rankScores(id, ood);
  return metricsOfRanked(ranked);
}

export function metricsOfRanked({ idGroup, oodGroup, thresholds }: RankedScores): Metrics {
  return metricsOfCounts(countGroups(idGroup, thresholds.length), countGroups(oodGroup, thresholds.length));
}

/** Metrics from the number of ID and OOD samples in each score group, highest score first; O(groups). */
export function metricsOfCounts(id: Float64Array, ood: Float64Array): Metrics {
  const fpr95 = fprAtTprOfCounts(id, ood, 0.95);
  return {
    auroc: aurocOfCounts(id, ood),
    auprIn: auprOfCounts(id, ood, 'id'),
    auprOut: auprOfCounts(id, ood, 'ood'),
    fpr80: fprAtTprOfCounts(id, ood, 0.8),
    fpr95,
    tnr95: 1 - fpr95,
    detacc: detectionAccuracyOfCounts(id, ood),
  };
}

/** Share of (ID, OOD) pairs in which the ID sample is in the higher group, ties at half. */
export function aurocOfCounts(id: Float64Array, ood: Float64Array): number {
  let idAbove = 0;
  let area = 0;
  for (let group = 0; group < id.length; group++) {
    const idHere = id[group];
    area += ood[group] * (idAbove + idHere / 2);
    idAbove += idHere;
  }
  return area / (sum(id) * sum(ood));
}

/** Share of OOD at or above the largest threshold whose ID recall is at least `tpr`; NaN for a recall that nothing reaches. */
export function fprAtTprOfCounts(id: Float64Array, ood: Float64Array, tpr: number): number {
  const idTotal = sum(id);
  let idAbove = 0;
  let oodAbove = 0;
  for (let group = 0; group < id.length; group++) {
    idAbove += id[group];
    oodAbove += ood[group];
    if (idAbove / idTotal >= tpr) return oodAbove / sum(ood);
  }
  return Number.NaN;
}

/** The best (TPR + TNR) / 2 over all thresholds; a half when nothing is kept. */
export function detectionAccuracyOfCounts(id: Float64Array, ood: Float64Array): number {
  const idTotal = sum(id);
  const oodTotal = sum(ood);
  let idAbove = 0;
  let oodAbove = 0;
  let best = 0.5;
  for (let group = 0; group < id.length; group++) {
    idAbove += id[group];
    oodAbove += ood[group];
    best = Math.max(best, (idAbove / idTotal + 1 - oodAbove / oodTotal) / 2);
  }
  return best;
}

/** Area under precision and recall of the positive class, by trapezoids, one point per distinct score, from (0, precision of the first point). */
export function auprOfCounts(id: Float64Array, ood: Float64Array, positive: 'id' | 'ood'): number {
  return positive === 'id'
    ? precisionRecallArea(id, ood, sum(id), false)
    : precisionRecallArea(ood, id, sum(ood), true);
}

/** In the order of the groups, or from the last to the first: the positive class is the one that comes early. */
function precisionRecallArea(
  positive: Float64Array,
  negative: Float64Array,
  total: number,
  isAscending: boolean,
): number {
  let truePositives = 0;
  let all = 0;
  let area = 0;
  let lastRecall = 0;
  let lastPrecision = Number.NaN;
  for (let step = 0; step < positive.length; step++) {
    const group = isAscending ? positive.length - 1 - step : step;
    const here = positive[group];
    const other = negative[group];
    if (here === 0 && other === 0) continue;
    truePositives += here;
    all += here + other;
    const recall = truePositives / total;
    const precision = truePositives / all;
    const before = Number.isNaN(lastPrecision) ? precision : lastPrecision;
    area += ((recall - lastRecall) * (precision + before)) / 2;
    lastRecall = recall;
    lastPrecision = precision;
  }
  return area;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
