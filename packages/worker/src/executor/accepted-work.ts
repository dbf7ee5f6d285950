import { OodError, type SyntheticTask, type TaskSpec, type WorkSpec } from '@oodgrid/contract';
import type { TaskIo, TaskOutcome } from '@oodgrid/engine/compute';

type Compute<T extends WorkSpec> = (task: T, io: TaskIo) => Promise<TaskOutcome>;

/** Accepts tasks of grids: for executors with an engine. Throws `invalid-input` for a synthetic task, whoever sent it. */
export const gridsOnly =
  (compute: Compute<TaskSpec>): Compute<WorkSpec> =>
  async (task, io) => {
    if (task.kind !== 'synthetic') return compute(task, io);
    throw new OodError(
      'invalid-input',
      'synthetic tasks are for tests of the cluster: only workers with --engine none compute them',
    );
  };

/** Accepts synthetic tasks, with their deliberate faults: for executors without an engine, which only tests start. */
export const syntheticOnly =
  (compute: Compute<SyntheticTask>): Compute<WorkSpec> =>
  async (task, io) => {
    if (task.kind === 'synthetic') return compute(task, io);
    throw new OodError('engine-missing', 'this executor has no tensor engine');
  };
