/**
 * ID and OOD scores sorted together and grouped by value: what every threshold metric needs.
 * Groups run from the highest score (most in-distribution) to the lowest.
 */
export interface RankedScores {
  /** Group of each ID sample, in the samples' order. */
  readonly idGroup: Int32Array;
  /** Group of each OOD sample, in the samples' order. */
  readonly oodGroup: Int32Array;
  /** The distinct scores, descending. */
  readonly thresholds: Float64Array;
}

/** Throws RangeError when a side is empty or a score is NaN, naming its index. */
export function rankScores(id: Float64Array, ood: Float64Array): RankedScores {
  refuseBad(id, 'ID');
  refuseBad(ood, 'OOD');
  const all = new Float64Array(id.length + ood.length);
  all.set(id);
  all.set(ood, id.length);
  const order = Uint32Array.from(all, (_, i) => i).sort((a, b) => (all[b] ?? 0) - (all[a] ?? 0) || a - b);
  const groups = new Int32Array(all.length);
  const thresholds: number[] = [];
  for (const index of order) {
    const score = all[index] ?? 0;
    if (thresholds.length === 0 || score !== thresholds[thresholds.length - 1]) thresholds.push(score);
    groups[index] = thresholds.length - 1;
  }
  return {
    idGroup: groups.subarray(0, id.length),
    oodGroup: groups.subarray(id.length),
    thresholds: Float64Array.from(thresholds),
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
  for (const group of groups) counts[group] = (counts[group] ?? 0) + 1;
  return counts;
}
