import { cpus } from 'node:os';
import { OodError, RESULTS_SCHEMA, type Results, runIdSchema } from '@oodgrid/contract';
import type { RunState } from './dispatch/run-state.js';

/** The parts of a run's results that are not measured: its id, times, counts and environment. `workers`: executors that computed it. */
export function factsOf(run: RunState, workers: number): Pick<Results, 'schema' | 'run' | 'environment'> {
  const { workload, submitted, pin } = run;
  if (pin === null) throw new OodError('internal', `run ${run.id} was never computed`);
  const { kind, version, device } = pin.engine;
  const startedAt = new Date(submitted.at);
  return {
    schema: RESULTS_SCHEMA,
    run: {
      id: runIdSchema.parse(run.id),
      name: submitted.spec.kind === 'grid' ? submitted.spec.grid.name : submitted.name,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      workers,
      tasks: workload.tasks.length,
      cachedUnits: run.reusedUnits,
      work: run.work,
    },
    environment: {
      engine: kind,
      engineVersion: version,
      device,
      numericsClass: pin.pool,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'unknown',
    },
  };
}
