import { percentiles } from './bootstrap.js';
import type { BootstrapDraws } from './bootstrap-draws.js';
import type { Interval } from './delong.js';
import { countGroups, type RankedScores } from './ranked-scores.js';

/** A number made from the samples of each side in every group of equal scores, highest score first. */
export type GroupMetric = (id: Float64Array, ood: Float64Array) => number;

/**
 * The bootstrap of metrics that the rank walk does not have: for each replicate, draws are counted by group and handed to each
 * metric. O(n + m) and a call of each metric a replicate.
 */
export function bootstrapGroups(
  { idGroup, oodGroup, thresholds }: RankedScores,
  draws: BootstrapDraws,
  metrics: readonly GroupMetric[],
  level = 0.95,
): Interval[] {
  const { replicates, n, m } = draws;
  if (idGroup.length !== n || oodGroup.length !== m) {
    throw new RangeError(`the draws are of ${n} ID and ${m} OOD samples, the scores are not`);
  }
  const groups = thresholds.length;
  const values = metrics.map(() => new Float64Array(replicates));
  const id = new Float64Array(groups);
  const ood = new Float64Array(groups);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const counts = draws.counts(replicate);
    addDrawn(id.fill(0), idGroup, counts.subarray(0, n));
    addDrawn(ood.fill(0), oodGroup, counts.subarray(n));
    for (const [i, of] of metrics.entries()) values[i]?.fill(of(id, ood), replicate, replicate + 1);
  }
  const points = [countGroups(idGroup, groups), countGroups(oodGroup, groups)] as const;
  return metrics.map((of, i) => percentiles(of(...points), values[i] ?? new Float64Array(), level));
}

function addDrawn(sums: Float64Array, groupOf: Int32Array, counts: ArrayLike<number>): void {
  for (const [sample, group] of groupOf.entries()) {
    // The sign may tell the side.
    sums[group] = (sums[group] ?? Number.NaN) + Math.abs(counts[sample] ?? Number.NaN);
  }
}
