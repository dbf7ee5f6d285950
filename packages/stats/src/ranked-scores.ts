import { sortDescending } from './radix-sort.js';

/** Scores grouped by value, from the highest (most in-distribution) to the lowest. */
export interface ScoreGroups {
  /** Group of each ID sample, in the samples' order. */
  readonly idGroup: Int32Array;
  /** Group of each OOD sample, in the samples' order. */
  readonly oodGroup: Int32Array;
  /** The distinct scores, descending. */
  readonly thresholds: Float64Array;
}

/**
 * ID and OOD scores sorted together: what every threshold metric, DeLong's placements and the bootstrap need.
 * Made once a cell.
 */
export interface RankedScores extends ScoreGroups {
  /** Samples from the highest score to the lowest: ID sample i is i, OOD sample j is [number of ID samples] + j. */
  readonly order: Uint32Array;
}

/** Throws RangeError when a side is empty or a score is NaN, naming its index. O(n). */
export function rankScores(id: Float64Array, ood: Float64Array): RankedScores {
  refuseBad(id, 'ID');
  refuseBad(ood, 'OOD');
  const all = new Float64Array(id.length + ood.length);
  all.set(id);
  all.set(ood, id.length);
  const order = sortDescending(all);
  const groups = new Int32Array(all.length);
  const thresholds = new Float64Array(all.length);
  let last = -1;
  for (let k = 0; k < order.length; k++) {
    const index = order[k];
    const score = all[index];
    if (last < 0 || score !== thresholds[last]) thresholds[++last] = score;
    groups[index] = last;
  }
  return {
    idGroup: groups.subarray(0, id.length),
    oodGroup: groups.subarray(id.length),
    thresholds: thresholds.slice(0, last + 1),
    order,
  };
}

function refuseBad(scores: Float64Array, side: string): void {
  if (scores.length === 0) throw new RangeError(`there are no ${side} scores`);
  const bad = scores.findIndex((score) => Number.isNaN(score));
  if (bad >= 0) throw new RangeError(`${side} score ${bad} is NaN`);
}

/** Samples per group. */
export function countGroups(groups: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (const group of groups) counts[group] += 1;
  return counts;
}
