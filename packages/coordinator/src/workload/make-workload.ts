import { OodError } from '@oodgrid/contract';
import { planningSteps } from '../planner/plan-grid.js';
import type { SubmittedRecord } from '../store/journal-record.js';
import { GridWorkload } from './grid-workload.js';
import { SyntheticWorkload } from './synthetic-workload.js';
import type { Workload } from './workload.js';

/** The workload of a grid's run. Throws `invalid-input` for a grid that cannot be planned, and for a synthetic run. */
export function makeGridWorkload({ spec }: SubmittedRecord): Workload {
  if (spec.kind === 'grid') return new GridWorkload(spec);
  throw syntheticRefused();
}

export const syntheticRefused = (): OodError =>
  new OodError('invalid-input', 'this coordinator takes grids; synthetic runs are for tests of the cluster');

/** The workload of a run, synthetic ones included: for a coordinator that was started for tests. */
export function makeWorkload({ spec, run }: SubmittedRecord): Workload {
  return spec.kind === 'grid' ? new GridWorkload(spec) : new SyntheticWorkload(spec, run);
}

/** Planning lets others be answered after each such time. */
const TURN_MS = 10;

/**
 * The same, in turns: `pause` lets others be answered between them. A thread would not be quicker: copying a large
 * plan from it takes the event loop as long as making it.
 */
export async function makeWorkloadInTurns(
  submitted: SubmittedRecord,
  pause: () => Promise<void>,
): Promise<Workload> {
  const { spec } = submitted;
  if (spec.kind !== 'grid') return makeWorkload(submitted);
  const steps = planningSteps(spec.grid, spec.slice);
  let step = steps.next();
  for (let until = performance.now() + TURN_MS; step.done !== true; step = steps.next()) {
    if (performance.now() < until) continue;
    await pause();
    until = performance.now() + TURN_MS;
  }
  return new GridWorkload(spec, step.value);
}
