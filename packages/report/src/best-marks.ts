import type { Cell, Comparison } from '@oodgrid/protocol';
import type { CellGroup } from './cell-groups.js';
import { METRIC_COLUMNS, type MetricKey, percent } from './metric-columns.js';

/** Differences with a p-value at or above this are called not significant. */
const SIGNIFICANCE = 0.05;

export interface Marks {
  /** Whether a cell has the best printed value of a column; equal prints are equally best. */
  isBest(cell: Cell, key: MetricKey): boolean;
  /** Whether a cell's AUROC differs from the best row's by no more than chance (DeLong's paired test). */
  isLikeBest(cell: Cell): boolean;
}

/** What every format marks, worked out once. */
export function marksOf({ cells, id, ood, model }: CellGroup, comparisons: readonly Comparison[]): Marks {
  const best = new Map<MetricKey, string>();
  for (const { key, isLowerBetter } of METRIC_COLUMNS) {
    const values = cells.map(({ metrics }) => metrics[key].value);
    best.set(key, percent(isLowerBetter ? Math.min(...values) : Math.max(...values)));
  }
  const top = [...cells].sort((a, b) => b.metrics.auroc.value - a.metrics.auroc.value)[0]?.method;
  const likeBest = new Set(
    comparisons
      .filter((one) => one.id === id && one.ood === ood && one.model === model && one.p >= SIGNIFICANCE)
      .flatMap(({ a, b }) => (a === top ? [b] : b === top ? [a] : [])),
  );
  return {
    isBest: ({ metrics }, key) => percent(metrics[key].value) === best.get(key),
    isLikeBest: ({ method }) => likeBest.has(method),
  };
}
