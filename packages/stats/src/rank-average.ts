import { countGroups, type ScoreGroups } from './ranked-scores.js';

/** One score for each ID sample [n] and OOD sample [m]. */
export interface SideScores {
  readonly id: Float64Array;
  readonly ood: Float64Array;
}

/**
 * Mean over scores of the samples' ranks: among all samples of both sides, 1 / (n + m) for the lowest score and 1 for the highest, equal scores sharing the mean of
 * theirs. What scale a score has does not matter; a sample's rank depends on the samples beside it. Throws RangeError for scores of different samples, and for none.
 */
export function rankAverage(scores: readonly ScoreGroups[]): SideScores {
  const [first] = scores;
  if (first === undefined) throw new RangeError('a mean of ranks needs a score');
  const id = new Float64Array(first.idGroup.length);
  const ood = new Float64Array(first.oodGroup.length);
  for (const { idGroup, oodGroup, thresholds } of scores) {
    if (idGroup.length !== id.length || oodGroup.length !== ood.length)
      throw new RangeError('a mean of ranks needs the same samples of every score');
    const ranks = doubledRanks(idGroup, oodGroup, thresholds.length);
    for (let i = 0; i < id.length; i++) id[i] += ranks[idGroup[i]];
    for (let j = 0; j < ood.length; j++) ood[j] += ranks[oodGroup[j]];
  }
  const whole = 2 * scores.length * (id.length + ood.length);
  for (let i = 0; i < id.length; i++) id[i] /= whole;
  for (let j = 0; j < ood.length; j++) ood[j] /= whole;
  return { id, ood };
}

/** Twice the rank of each group of equal scores, the highest first: whole numbers, so that equal sums are equal to the bit. */
export function doubledRanks(idGroup: Int32Array, oodGroup: Int32Array, groups: number): Float64Array {
  const counts = countGroups(idGroup, groups);
  const oodCounts = countGroups(oodGroup, groups);
  const all = idGroup.length + oodGroup.length;
  const ranks = new Float64Array(groups);
  let above = 0;
  for (let group = 0; group < groups; group++) {
    const own = counts[group] + oodCounts[group];
    ranks[group] = 2 * (all - above) - (own - 1);
    above += own;
  }
  return ranks;
}
