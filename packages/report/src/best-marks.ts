import { type Cell, type Comparison, METRIC_SPECS, type MetricKey } from '@oodgrid/protocol';
import type { CellGroup } from './cell-groups.js';
import { testsAgainstBest } from './paired-tests.js';
import { percent } from './percent.js';

/** Differences with a p-value at or above this are called not significant. */
const SIGNIFICANCE = 0.05;

export interface Marks {
  /** Whether a cell has the best printed value of a column; equal prints are equally best. */
  isBest(cell: Cell, key: MetricKey): boolean;
  /** Whether a cell's AUROC differs from the best row's by no more than chance (DeLong's paired test). */
  isLikeBest(cell: Cell): boolean;
}

/** What every format marks in a group, worked out once from the comparisons of that group. */
export function marksOf(group: CellGroup, comparisons: readonly Comparison[]): Marks {
  const best = new Map<MetricKey, string>();
  for (const { key, isLowerBetter } of METRIC_SPECS) {
    best.set(key, percent(extreme(group.cells, key, isLowerBetter)));
  }
  const tests = testsAgainstBest(group, comparisons);
  return {
    isBest: ({ metrics }, key) => percent(metrics[key].value) === best.get(key),
    isLikeBest: ({ method }) => (tests.get(method)?.p ?? 0) >= SIGNIFICANCE,
  };
}

function extreme(cells: readonly Cell[], key: MetricKey, isLowerBetter: boolean): number {
  let found = isLowerBetter ? Infinity : -Infinity;
  for (const { metrics } of cells) {
    const { value } = metrics[key];
    if (isLowerBetter ? value < found : value > found) found = value;
  }
  return found;
}
