import { percentiles } from './bootstrap.js';
import type { BootstrapDraws } from './bootstrap-draws.js';
import type { Interval } from './delong.js';
import { countGroups, type ScoreGroups } from './ranked-scores.js';

/**
 * A number made from the samples of each side in groups of equal scores, highest score first, and from how many of the ID ones are classified
 * wrongly, which are none where nobody says so. Of a resample the groups that were drawn from are there; `at` says which of all they are.
 */
export type GroupMetric = (
  id: Float64Array,
  ood: Float64Array,
  wrong: Float64Array,
  at: Int32Array,
) => number;

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
  const id = new Drawn(groups);
  const ood = new Drawn(groups);
  const wrong = new Drawn(groups);
  const at = new Int32Array(groups);
  for (let replicate = 0; replicate < replicates; replicate++) {
    const counts = draws.counts(replicate);
    addDrawn(id.sums.fill(0), idGroup, counts.subarray(0, n));
    addDrawn(ood.sums.fill(0), oodGroup, counts.subarray(n));
    if (isWrong !== undefined) addDrawn(wrong.sums.fill(0), idGroup, counts.subarray(0, n), isWrong);
    const size = gather(id, ood, wrong, at);
    const own = [id.first(size), ood.first(size), wrong.first(size), at.subarray(0, size)] as const;
    for (const [i, of] of metrics.entries()) values[i]?.fill(of(...own), replicate, replicate + 1);
  }
  const points = [
    countGroups(idGroup, groups),
    countGroups(oodGroup, groups),
    isWrong === undefined
      ? new Float64Array(groups)
      : countGroups(
          idGroup.filter((_, i) => isWrong[i] === 1),
          groups,
        ),
    Int32Array.from({ length: groups }, (_, group) => group),
  ] as const;
  return metrics.map((of, i) => percentiles(of(...points), values[i] ?? new Float64Array(), level));
}

/** Samples of one kind that were drawn, by group; then of the groups that were drawn from, one after the other. */
class Drawn {
  readonly sums: Int32Array;
  readonly gathered: Float64Array;

  constructor(groups: number) {
    this.sums = new Int32Array(groups);
    this.gathered = new Float64Array(groups);
  }

  first(size: number): Float64Array {
    return this.gathered.subarray(0, size);
  }
}

/**
 * Gathers the groups that were drawn from; returns how many there are. Of groups of one sample a third is not, at random: what is not drawn is written
 * over, so that neither this loop nor those of the metrics have a branch that nobody foresees.
 */
function gather(id: Drawn, ood: Drawn, wrong: Drawn, at: Int32Array): number {
  const [idSums, oodSums, wrongSums] = [id.sums, ood.sums, wrong.sums];
  const [ids, oods, wrongs] = [id.gathered, ood.gathered, wrong.gathered];
  let size = 0;
  for (let group = 0; group < at.length; group++) {
    const idHere = idSums[group];
    const oodHere = oodSums[group];
    ids[size] = idHere;
    oods[size] = oodHere;
    wrongs[size] = wrongSums[group];
    at[size] = group;
    size += -(idHere + oodHere) >>> 31;
  }
  return size;
}

function addDrawn(sums: Int32Array, groupOf: Int32Array, counts: Int8Array, counted?: Uint8Array): void {
  for (let sample = 0; sample < groupOf.length; sample++) {
    if (counted !== undefined && counted[sample] === 0) continue;
    // The sign may tell the side.
    sums[groupOf[sample]] += Math.abs(counts[sample]);
  }
}
