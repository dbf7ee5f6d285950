import { log10TwoSidedTail, normalCdf, twoSidedZ } from './normal.js';
import { countGroups, rankScores, type ScoreGroups } from './ranked-scores.js';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * DeLong's placements, doubled so that ties count whole: for each ID sample [n] twice the number of OOD samples
 * below it (ties once), for each OOD sample [m] twice the number of ID samples above it. Made once a cell; every
 * paired test reads them.
 */
export interface Placements {
  readonly id: Uint32Array;
  readonly ood: Uint32Array;
}

/** Placements of all samples. O(n), nothing is sorted again. */
export function placementsOf({ idGroup, oodGroup, thresholds }: ScoreGroups): Placements {
  const groups = thresholds.length;
  const idCounts = countGroups(idGroup, groups);
  const oodCounts = countGroups(oodGroup, groups);
  const oodBelow = new Uint32Array(groups);
  const idAbove = new Uint32Array(groups);
  let above = 0;
  let below = 0;
  for (let group = 0; group < groups; group++) {
    idAbove[group] = 2 * above + idCounts[group];
    above += idCounts[group];
    const fromEnd = groups - 1 - group;
    oodBelow[fromEnd] = 2 * below + oodCounts[fromEnd];
    below += oodCounts[fromEnd];
  }
  return { id: pick(oodBelow, idGroup), ood: pick(idAbove, oodGroup) };
}

function pick(ofGroup: Uint32Array, groups: Int32Array): Uint32Array {
  const out = new Uint32Array(groups.length);
  for (let i = 0; i < groups.length; i++) out[i] = ofGroup[groups[i]];
  return out;
}

/** A rank order without the samples that are left out; positions keep their meaning, so the subset is not sorted again. */
export function rankedSubset(
  { idGroup, oodGroup, thresholds }: ScoreGroups,
  idRows: Uint32Array,
  oodRows: Uint32Array,
): ScoreGroups {
  return {
    idGroup: groupsOf(idRows, idGroup),
    oodGroup: groupsOf(oodRows, oodGroup),
    thresholds,
  };
}

function groupsOf(rows: Uint32Array, groups: Int32Array): Int32Array {
  const out = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = groups[rows[i]];
  return out;
}

export interface DelongAuroc extends Interval {
  readonly variance: number;
}

/**
 * AUROC with DeLong's confidence interval, clipped to [0, 1]. `id` and `ood` are scores, ID higher.
 * DeLong et al. 1988; Sun and Xu, "Fast Implementation of DeLong's Algorithm", 2014.
 */
export function delongAuroc(id: Float64Array, ood: Float64Array, level = 0.95): DelongAuroc {
  return delongOfPlacements(placementsOf(rankScores(id, ood)), level);
}

/** The same of a cell whose placements are there. */
export function delongOfPlacements(placements: Placements, level = 0.95): DelongAuroc {
  const v = shares(placements);
  const value = mean(v.id);
  const variance = varianceOf(v.id) / v.id.length + varianceOf(v.ood) / v.ood.length;
  const half = twoSidedZ(level) * Math.sqrt(variance);
  return { value, variance, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

export interface PairedTest {
  /** AUROC of a minus AUROC of b. */
  readonly difference: number;
  readonly z: number;
  /** Two-sided p-value; 1 when the methods rank alike, 0 when they differ without any variance. */
  readonly p: number;
  /** log10 of p, which says how small a p is that prints as 0; null where p is exactly 0. */
  readonly log10P: number | null;
}

/** DeLong's paired test of two methods' AUROC on the same samples, in the same order. */
export function delongPaired(
  aId: Float64Array,
  aOod: Float64Array,
  bId: Float64Array,
  bOod: Float64Array,
): PairedTest {
  return pairedOfPlacements(placementsOf(rankScores(aId, aOod)), placementsOf(rankScores(bId, bOod)));
}

/** The same of two methods whose placements are there, made on the same samples and in the same order. O(n). */
export function pairedOfPlacements(placementsA: Placements, placementsB: Placements): PairedTest {
  const a = shares(placementsA);
  const b = shares(placementsB);
  if (a.id.length !== b.id.length || a.ood.length !== b.ood.length) {
    throw new RangeError('a paired test needs the same samples for both methods');
  }
  const difference = mean(a.id) - mean(b.id);
  const variance =
    varianceOf(minus(a.id, b.id)) / a.id.length + varianceOf(minus(a.ood, b.ood)) / a.ood.length;
  return normalTest(difference, variance);
}

/** The test of a difference by its variance. */
export function normalTest(difference: number, variance: number): PairedTest {
  if (variance === 0)
    return {
      difference,
      z: difference === 0 ? 0 : Math.sign(difference) * Infinity,
      p: difference === 0 ? 1 : 0,
      log10P: difference === 0 ? 0 : null,
    };
  const z = difference / Math.sqrt(variance);
  const p = Math.min(1, 2 * normalCdf(-Math.abs(z)));
  return { difference, z, p, log10P: Math.min(0, log10TwoSidedTail(z)) };
}

/** AUROC of each sample against the other side. */
export function shares({ id, ood }: Placements): { readonly id: Float64Array; readonly ood: Float64Array } {
  return { id: halvesOf(id, ood.length), ood: halvesOf(ood, id.length) };
}

function halvesOf(doubled: Uint32Array, total: number): Float64Array {
  const out = new Float64Array(doubled.length);
  for (let i = 0; i < out.length; i++) out[i] = doubled[i] / 2 / total;
  return out;
}

export function minus(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
  return out;
}

export function mean(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total / values.length;
}

/** The unbiased variance; 0 for a single value. */
export function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const delta = values[i] - centre;
    total += delta * delta;
  }
  return total / (values.length - 1);
}
