import { type Accuracy, type Cell, type Comparison, type Digest, digestOfJson } from '@oodgrid/protocol';

/**
 * What a run found, as one number: the grid as content, the cells without their seconds, and (inside the
 * cells) the hashes of the score arrays. Leaves out warnings, what cards say, run id, cache use, attempts, workers, slices and
 * environment, so it is the same however the run went.
 */
export function resultsDigest(
  grid: Record<string, unknown>,
  cells: readonly Cell[],
  comparisons: readonly Comparison[],
  accuracies: readonly Accuracy[],
): Digest {
  return digestOfJson({
    grid,
    cells: cells.map(({ seconds: _seconds, ...cell }) => cell),
    comparisons,
    accuracies: accuracies.map(({ cardAccuracy: _card, ...measured }) => measured),
  });
}
