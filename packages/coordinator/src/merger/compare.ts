import type { Comparison } from '@oodgrid/protocol';
import { delongPaired } from '@oodgrid/stats';
import type { MergedCell, TestScores } from './merge-cell.js';

/**
 * DeLong's paired test between every two rows of the same pair and model. Rows split their samples in
 * different orders, so the test samples are joined by their position in the file and only shared ones
 * count; without any there is no test.
 */
export function compareCells(cells: readonly MergedCell[]): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const [i, a] of cells.entries()) {
    for (const b of cells.slice(i + 1)) {
      const { id, ood, model } = a.cell;
      if (b.cell.id !== id || b.cell.ood !== ood || b.cell.model !== model) continue;
      const idPairs = join(a.test.id, b.test.id);
      const oodPairs = join(a.test.ood, b.test.ood);
      if (idPairs.a.length === 0 || oodPairs.a.length === 0) continue;
      const { difference, p } = delongPaired(idPairs.a, oodPairs.a, idPairs.b, oodPairs.b);
      const samples = { samplesId: idPairs.a.length, samplesOod: oodPairs.a.length };
      comparisons.push({ id, ood, model, a: a.cell.method, b: b.cell.method, difference, p, ...samples });
    }
  }
  return comparisons;
}

/** Scores of the samples that both sides have, in file order. */
function join(a: TestScores, b: TestScores): { readonly a: Float64Array; readonly b: Float64Array } {
  const rowInB = new Map(Array.from(b.indices, (index, row) => [index, row] as const));
  const shared = Array.from(a.indices, (index, rowA) => ({ index, rowA, rowB: rowInB.get(index) }))
    .flatMap(({ index, rowA, rowB }) => (rowB === undefined ? [] : [{ index, rowA, rowB }]))
    .sort((x, y) => x.index - y.index);
  return {
    a: Float64Array.from(shared, ({ rowA }) => a.scores[rowA] ?? 0),
    b: Float64Array.from(shared, ({ rowB }) => b.scores[rowB] ?? 0),
  };
}
