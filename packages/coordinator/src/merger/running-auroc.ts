import { rocMetrics } from '@oodgrid/stats';
import type { CellSide, PlannedCell } from '../planner/plan.js';
import { splitOrder, TEST_FROM } from '../planner/splits.js';
import type { SeriesReader } from './unit-results.js';

/** AUROC of a cell on the test scores that are there so far. */
export interface RunningAuroc {
  readonly cell: string;
  readonly auroc: number;
  /** Share of the test scores that are there. */
  readonly share: number;
}

/**
 * For people who watch: exact on what is there. Undefined while one side is empty, and for methods of several
 * columns: which way they count is known only when the regression over them is fitted.
 */
export function runningAuroc(cell: PlannedCell, reader: SeriesReader): RunningAuroc | undefined {
  if (cell.columns !== 1) return undefined;
  const id = testScores(cell.sides.id, cell, reader);
  const ood = testScores(cell.sides.ood, cell, reader);
  if (id.length === 0 || ood.length === 0) return undefined;
  const wanted = cell.sides.id.count + cell.sides.ood.count - 2 * TEST_FROM;
  return {
    cell: `${cell.row}, ${cell.id} vs ${cell.ood}, ${cell.model}`,
    auroc: rocMetrics(id, ood).auroc,
    share: Math.min(1, (id.length + ood.length) / wanted),
  };
}

function testScores(side: CellSide, { splitOrder: order }: PlannedCell, reader: SeriesReader): Float64Array {
  const [first] = side.kind === 'whole' ? side.series : [side.test];
  const { data, isThere } = reader.readSoFar(first ?? '');
  // A swept series is the test split itself.
  const rows = side.kind === 'swept' ? isThere.keys() : splitOrder(order, side.count).subarray(TEST_FROM);
  const scores: number[] = [];
  for (const row of rows) if (isThere[row] === 1) scores.push(data[row] ?? 0);
  return Float64Array.from(scores);
}
