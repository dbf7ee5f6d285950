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
 * For people who watch: exact on what is there, and for methods of several columns by the mean of the
 * columns, as the regression over them comes only with the last score. Undefined while one side is empty.
 */
export function runningAuroc(cell: PlannedCell, reader: SeriesReader): RunningAuroc | undefined {
  const id = testScores(cell, cell.sides.id, reader);
  const ood = testScores(cell, cell.sides.ood, reader);
  if (id.length === 0 || ood.length === 0) return undefined;
  const wanted = cell.sides.id.count + cell.sides.ood.count - 2 * TEST_FROM;
  return {
    cell: `${cell.row}, ${cell.id} vs ${cell.ood}, ${cell.model}`,
    auroc: rocMetrics(id, ood).auroc,
    share: Math.min(1, (id.length + ood.length) / wanted),
  };
}

function testScores(cell: PlannedCell, side: CellSide, reader: SeriesReader): Float64Array {
  const [first] = side.kind === 'whole' ? side.series : [side.test];
  const { columns, data, isThere } = reader.readSoFar(first ?? '');
  const scores: number[] = [];
  const add = (row: number) => {
    if (isThere[row] !== 1) return;
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += data[row * columns + column] ?? 0;
    scores.push(sum / columns);
  };
  if (side.kind === 'swept') for (let row = 0; row < isThere.length; row++) add(row);
  else for (const index of splitOrder(cell.splitOrder, side.count).subarray(TEST_FROM)) add(index);
  return Float64Array.from(scores);
}
