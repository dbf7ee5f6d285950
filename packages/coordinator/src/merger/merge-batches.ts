import type { PlannedCell } from '../planner/plan.js';

/** Samples of the cells that one thread has in memory at once, about: some 100 bytes each. */
const BATCH_SAMPLES = 400_000;
const BATCH_CELLS = 64;

/** Cells [from, to) of the plan, merged together. */
export interface MergeBatch {
  readonly from: number;
  readonly to: number;
}

/** Neighbours in the plan go together: they have most series in common, and one size. A cell is never divided. */
export function mergeBatches(cells: readonly PlannedCell[]): MergeBatch[] {
  const batches: MergeBatch[] = [];
  let from = 0;
  let samples = 0;
  for (const [i, { sides, columns }] of cells.entries()) {
    const own = (sides.id.count + sides.ood.count) * Math.max(1, columns / 4);
    if (i > from && (samples + own > BATCH_SAMPLES || i - from >= BATCH_CELLS)) {
      batches.push({ from, to: i });
      from = i;
      samples = 0;
    }
    samples += own;
  }
  if (from < cells.length) batches.push({ from, to: cells.length });
  return batches;
}
