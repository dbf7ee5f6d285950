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
  const idTotal = sum(id);
  const oodTotal = sum(ood);
  let idAbove = 0;
  let oodAbove = 0;
  let area = 0;
  let fpr80 = Number.NaN;
  let fpr95 = Number.NaN;
  let detacc = 0.5;
  for (let group = 0; group < id.length; group++) {
    const idHere = id[group] ?? Number.NaN;
    const oodHere = ood[group] ?? Number.NaN;
    if (idHere === 0 && oodHere === 0) continue;
    area += oodHere * (idAbove + idHere / 2);
    idAbove += idHere;
    oodAbove += oodHere;
    const tpr = idAbove / idTotal;
    const fpr = oodAbove / oodTotal;
    if (Number.isNaN(fpr80) && tpr >= 0.8) fpr80 = fpr;
    if (Number.isNaN(fpr95) && tpr >= 0.95) fpr95 = fpr;
    detacc = Math.max(detacc, (tpr + 1 - fpr) / 2);
  }
  return {
    auroc: area / (idTotal * oodTotal),
    auprIn: precisionRecallArea(id, ood, idTotal, false),
    auprOut: precisionRecallArea(ood, id, oodTotal, true),
    fpr80,
    fpr95,
    tnr95: 1 - fpr95,
    detacc,
  };
}

/** Trapezoids over (recall, precision), one point per distinct score, from (0, precision of the first point). */
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
    const here = positive[group] ?? Number.NaN;
    const other = negative[group] ?? Number.NaN;
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
