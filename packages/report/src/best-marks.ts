import { type Cell, type Comparison, type MetricSpec, metricOf } from '@oodgrid/contract';
import type { CellGroup } from './cell-groups.js';
import { testsAgainstBest } from './paired-tests.js';
import { percent } from './percent.js';

/** Differences with a p-value at or above this are called not significant. */
const SIGNIFICANCE = 0.05;

export interface Marks {
  /** Whether a cell has the best printed value of a column; equal prints are equally best. */
  isBest(cell: Cell, key: string): boolean;
  /** Whether a cell's AUROC differs from the best row's by no more than chance (DeLong's paired test). */
  isLikeBest(cell: Cell): boolean;
}

/** Marks of a group that every format shows, derived once from the comparisons of that group. */
export function marksOf(
  group: CellGroup,
  metrics: readonly MetricSpec[],
  comparisons: readonly Comparison[],
): Marks {
  const best = new Map<string, string>();
  for (const { key, isLowerBetter } of metrics) {
    best.set(key, percent(extreme(group.cells, key, isLowerBetter)));
  }
  const tests = testsAgainstBest(group, comparisons);
  return {
    isBest: (cell, key) => percent(metricOf(cell, key).estimate) === best.get(key),
    isLikeBest: ({ method }) => (tests.get(method)?.p ?? 0) >= SIGNIFICANCE,
  };
}

function extreme(cells: readonly Cell[], key: string, isLowerBetter: boolean): number {
  let found = isLowerBetter ? Infinity : -Infinity;
  for (const cell of cells) {
    const { estimate } = metricOf(cell, key);
    if (isLowerBetter ? estimate < found : estimate > found) found = estimate;
  }
  return found;
}
