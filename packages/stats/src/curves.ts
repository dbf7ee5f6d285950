import { countGroups, rankScores } from './ranked-scores.js';

export type Point = readonly [x: number, y: number];

/** ROC points (FPR, TPR) from (0, 0) to (1, 1), one per distinct score; ID is positive. */
export function rocCurve(id: Float64Array, ood: Float64Array): Point[] {
  return [[0, 0], ...cumulative(id, ood).map(([tp, fp]): Point => [fp / ood.length, tp / id.length])];
}

/** Precision-recall points (recall, precision) with ID positive, one per distinct score, from recall 0 at the first one's precision. */
export function prCurve(id: Float64Array, ood: Float64Array): Point[] {
  const points = cumulative(id, ood).map(([tp, fp]): Point => [tp / id.length, tp / (tp + fp)]);
  return [[0, points[0]?.[1] ?? 1], ...points];
}

/** At most `limit` points, evenly chosen, always with the first and the last. */
export function thinCurve(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points];
  const stride = (points.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, i): Point => points[Math.round(i * stride)]);
}

function cumulative(id: Float64Array, ood: Float64Array): Point[] {
  const { idGroup, oodGroup, thresholds } = rankScores(id, ood);
  const idCounts = countGroups(idGroup, thresholds.length);
  const oodCounts = countGroups(oodGroup, thresholds.length);
  let tp = 0;
  let fp = 0;
  return Array.from(thresholds, (_, group): Point => {
    tp += idCounts[group];
    fp += oodCounts[group];
    return [tp, fp];
  });
}
