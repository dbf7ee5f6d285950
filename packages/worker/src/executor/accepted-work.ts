import { OodError, type SyntheticTask, type TaskSpec, type WorkSpec } from '@oodgrid/contract';
import type { TaskIo, TaskOutcome } from '@oodgrid/engine/compute';

type Compute<T extends WorkSpec> = (task: T, io: TaskIo) => Promise<TaskOutcome>;

/** What an executor with an engine takes: tasks of grids. Throws `invalid-input` for a synthetic one, whoever sent it. */
export const gridsOnly =
  (compute: Compute<TaskSpec>): Compute<WorkSpec> =>
  async (task, io) => {
    if (task.kind !== 'synthetic') return compute(task, io);
    throw new OodError(
      'invalid-input',
      'synthetic tasks are for tests of the cluster: only workers with --engine none compute them',
    );
  };

/** What an executor without an engine takes, which was started for tests: synthetic tasks, faults on purpose included. */
export const syntheticOnly =
  (compute: Compute<SyntheticTask>): Compute<WorkSpec> =>
  async (task, io) => {
    if (task.kind === 'synthetic') return compute(task, io);
    throw new OodError('engine-missing', 'this executor has no tensor engine');
  };
