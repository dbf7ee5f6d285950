import { doubledRanks } from './rank-average.js';
import type { ScoreGroups } from './ranked-scores.js';

/**
 * Spearman's rank correlation of every two scores over the ID and OOD samples together, equal scores sharing the mean of their ranks: a symmetric matrix
 * [k][k] with 1 on the diagonal, NaN for a score that is the same for all samples. All scores are of the same samples, in the same order. Throws RangeError for others.
 */
export function spearmanMatrix(scores: readonly ScoreGroups[]): readonly Float64Array[] {
  const centred = scores.map((one) => unitRanks(one));
  const matrix = scores.map(() => new Float64Array(scores.length));
  for (const [i, a] of centred.entries()) {
    for (let j = i; j < centred.length; j++) {
      const b = centred[j];
      if (a.length !== b.length)
        throw new RangeError('a rank correlation needs the same samples of both scores');
      let sum = 0;
      for (let sample = 0; sample < a.length; sample++) sum += a[sample] * b[sample];
      const value = i === j ? sum / sum : Math.max(-1, Math.min(1, sum));
      matrix[i][j] = value;
      matrix[j][i] = value;
    }
  }
  return matrix;
}

/** Ranks of the ID samples, then of the OOD samples, less their mean and of length 1. */
function unitRanks({ idGroup, oodGroup, thresholds }: ScoreGroups): Float64Array {
  const ofGroup = doubledRanks(idGroup, oodGroup, thresholds.length);
  const n = idGroup.length;
  const ranks = new Float64Array(n + oodGroup.length);
  for (let i = 0; i < n; i++) ranks[i] = ofGroup[idGroup[i]];
  for (let j = 0; j < oodGroup.length; j++) ranks[n + j] = ofGroup[oodGroup[j]];
  // Doubled ranks are 1 + number of samples on the average, however they tie.
  const mean = ranks.length + 1;
  let squares = 0;
  for (let i = 0; i < ranks.length; i++) {
    ranks[i] -= mean;
    squares += ranks[i] * ranks[i];
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < ranks.length; i++) ranks[i] /= length;
  return ranks;
}
