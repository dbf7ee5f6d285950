import { normalCdf, twoSidedZ } from './normal.js';
import { countGroups, rankScores } from './ranked-scores.js';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** AUROC of each sample against the other side (DeLong's placements): ID [n] and OOD [m]. */
interface Placements {
  readonly id: Float64Array;
  readonly ood: Float64Array;
}

function placements(id: Float64Array, ood: Float64Array): Placements {
  const { idGroup, oodGroup, thresholds } = rankScores(id, ood);
  const groups = thresholds.length;
  const idCounts = countGroups(idGroup, groups);
  const oodCounts = countGroups(oodGroup, groups);
  // Share of OOD below (ties at half) for every group, and of ID above.
  const oodBelow = new Float64Array(groups);
  const idAbove = new Float64Array(groups);
  let above = 0;
  let below = 0;
  for (let group = 0; group < groups; group++) {
    idAbove[group] = above + (idCounts[group] ?? 0) / 2;
    above += idCounts[group] ?? 0;
    const fromEnd = groups - 1 - group;
    oodBelow[fromEnd] = below + (oodCounts[fromEnd] ?? 0) / 2;
    below += oodCounts[fromEnd] ?? 0;
  }
  return {
    id: Float64Array.from(idGroup, (group) => (oodBelow[group] ?? 0) / ood.length),
    ood: Float64Array.from(oodGroup, (group) => (idAbove[group] ?? 0) / id.length),
  };
}

/**
 * AUROC with DeLong's confidence interval, clipped to [0, 1]; O(n log n).
 * DeLong et al. 1988; Sun and Xu, "Fast Implementation of DeLong's Algorithm", 2014.
 */
export function delongAuroc(
  id: Float64Array,
  ood: Float64Array,
  level = 0.95,
): Interval & { readonly variance: number } {
  const v = placements(id, ood);
  const value = mean(v.id);
  const variance = covariance(v.id, v.id) / id.length + covariance(v.ood, v.ood) / ood.length;
  const half = twoSidedZ(level) * Math.sqrt(variance);
  return { value, variance, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

export interface PairedTest {
  /** AUROC of a minus AUROC of b. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided p-value; 1 when the methods rank alike, 0 when they differ without any variance. */
  readonly p: number;
}

/** DeLong's paired test of two methods' AUROC on the same samples, in the same order. */
export function delongPaired(
  aId: Float64Array,
  aOod: Float64Array,
  bId: Float64Array,
  bOod: Float64Array,
): PairedTest {
  if (aId.length !== bId.length || aOod.length !== bOod.length) {
    throw new RangeError('a paired test needs the same samples for both methods');
  }
  const a = placements(aId, aOod);
  const b = placements(bId, bOod);
  const difference = mean(a.id) - mean(b.id);
  const idDelta = a.id.map((value, i) => value - (b.id[i] ?? 0));
  const oodDelta = a.ood.map((value, i) => value - (b.ood[i] ?? 0));
  const variance = covariance(idDelta, idDelta) / aId.length + covariance(oodDelta, oodDelta) / aOod.length;
  if (variance === 0)
    return {
      difference,
      z: difference === 0 ? 0 : Math.sign(difference) * Infinity,
      p: difference === 0 ? 1 : 0,
    };
  const z = difference / Math.sqrt(variance);
  return { difference, z, p: Math.min(1, 2 * normalCdf(-Math.abs(z))) };
}

function mean(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

function covariance(a: Float64Array, b: Float64Array): number {
  if (a.length < 2) return 0;
  const meanA = mean(a);
  const meanB = mean(b);
  let total = 0;
  for (const [i, value] of a.entries()) total += (value - meanA) * ((b[i] ?? 0) - meanB);
  return total / (a.length - 1);
}
