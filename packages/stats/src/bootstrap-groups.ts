import { percentiles } from './bootstrap.js';
import type { BootstrapDraws } from './bootstrap-draws.js';
import type { Interval } from './delong.js';
import { countGroups, type ScoreGroups } from './ranked-scores.js';

/**
 * A number made from the samples of each side in every group of equal scores, highest score first, and from how many of the ID ones are classified
 * wrongly, which are none where nobody says so.
 */
export type GroupMetric = (id: Float64Array, ood: Float64Array, wrong: Float64Array) => number;

/**
 * The bootstrap of metrics that the rank walk does not have: for each replicate, draws are counted by group and handed to each
 * metric. O(n + m) and a call of each metric a replicate.
 */
export function bootstrapGroups(
  { idGroup, oodGroup, thresholds }: ScoreGroups,
  draws: BootstrapDraws,
  metrics: readonly GroupMetric[],
  { level = 0.95, isWrong }: { readonly level?: number; readonly isWrong?: Uint8Array | undefined } = {},
): Interval[] {
  const { replicates, n, m } = draws;
  if (idGroup.length !== n || oodGroup.length !== m) {
    throw new RangeError(`the draws are of ${n} ID and ${m} OOD samples, the scores are not`);
  }
  if (isWrong !== undefined && isWrong.length !== n)
    throw new RangeError(`${isWrong.length} predictions are known of ${n} ID samples`);
  const groups = thresholds.length;
  const values = metrics.map(() => new Float64Array(replicates));
  const id = new Float64Array(groups);
  const ood = new Float64Array(groups);
  const wrong = new Float64Array(groups);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const counts = draws.counts(replicate);
    addDrawn(id.fill(0), idGroup, counts.subarray(0, n));
    addDrawn(ood.fill(0), oodGroup, counts.subarray(n));
    if (isWrong !== undefined) addDrawn(wrong.fill(0), idGroup, counts.subarray(0, n), isWrong);
    for (const [i, of] of metrics.entries()) values[i]?.fill(of(id, ood, wrong), replicate, replicate + 1);
  }
  const points = [
    countGroups(idGroup, groups),
    countGroups(oodGroup, groups),
    isWrong === undefined
      ? wrong
      : countGroups(
          idGroup.filter((_, i) => isWrong[i] === 1),
          groups,
        ),
  ] as const;
  return metrics.map((of, i) => percentiles(of(...points), values[i] ?? new Float64Array(), level));
}

function addDrawn(sums: Float64Array, groupOf: Int32Array, counts: Int8Array, counted?: Uint8Array): void {
  for (let sample = 0; sample < groupOf.length; sample++) {
    if (counted !== undefined && counted[sample] === 0) continue;
    // The sign may tell the side.
    sums[groupOf[sample]] += Math.abs(counts[sample]);
  }
}
