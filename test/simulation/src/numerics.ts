import type { SyntheticTask } from '@oodgrid/contract';
import { syntheticRows } from '@oodgrid/worker';

/** Numerics classes of simulated workers. The first worker is of the first one, and always comes back. */
export const CLASSES = ['one', 'two'] as const;

/** Scores of a task as a worker of a class computes them: each class has bits of its own, so that a mixture shows. */
export function rowsOf(task: SyntheticTask, numericsClass: string): Float32Array {
  const rows = syntheticRows(task);
  return numericsClass === CLASSES[0] ? rows : rows.map((value) => value + 1);
}
