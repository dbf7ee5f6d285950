/**
 * Metrics as OpenOOD v1.5 has them (`evaluators/metrics.py`, over scikit-learn's curves), from the number of ID and OOD samples in each
 * group of equal scores, highest score first. In [0, 1]; O(groups). Groups without a sample do not count as thresholds.
 */

/**
 * Share of ID that is flagged where `recall` of OOD is: OOD is the positive class. It is read off the points that scikit-learn's
 * `roc_curve` keeps by default (`drop_intermediate`): a point whose steps before and after are equal, ID and OOD alike, is dropped. With ties
 * a point at which the recall is reached can be one of those, and the share is then that of the next one; where no scores are
 * equal, only points inside straight runs are dropped, which changes nothing but in a run along OOD, where the share is the same.
 */
export function fprAtOodRecallOfCounts(id: Float64Array, ood: Float64Array, recall: number): number {
  const [idTotal, oodTotal] = [sum(id), sum(ood)];
  let [flaggedId, flaggedOod, points, last] = [0, 0, 0, -1];
  for (let group = id.length - 1; group >= 0; group--) {
    if (id[group] === 0 && ood[group] === 0) continue;
    // The step to the next point tells whether the one before is kept; the first always is, and so is the last.
    const isKept = points === 1 || id[group] !== id[last] || ood[group] !== ood[last];
    if (points > 0 && isKept && flaggedOod / oodTotal >= recall) return flaggedId / idTotal;
    flaggedId += id[group];
    flaggedOod += ood[group];
    points++;
    last = group;
  }
  return points === 0 ? Number.NaN : flaggedId / idTotal;
}

/**
 * Area by trapezoids under scikit-learn's `precision_recall_curve`, one point per distinct score, which begins at recall 0 with precision 1,
 * whatever the precision of the first point is.
 */
export function auprFromOneOfCounts(id: Float64Array, ood: Float64Array, positive: 'id' | 'ood'): number {
  const [own, other] = positive === 'id' ? [id, ood] : [ood, id];
  const total = sum(own);
  let [found, all, area, lastRecall, lastPrecision] = [0, 0, 0, 0, 1];
  for (let step = 0; step < own.length; step++) {
    const group = positive === 'id' ? step : own.length - 1 - step;
    if (own[group] === 0 && other[group] === 0) continue;
    found += own[group];
    all += own[group] + other[group];
    const recall = found / total;
    const precision = found / all;
    area += ((recall - lastRecall) * (precision + lastPrecision)) / 2;
    [lastRecall, lastPrecision] = [recall, precision];
  }
  return area;
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  return total;
}
