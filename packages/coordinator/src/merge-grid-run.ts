import { cpus } from 'node:os';
import { OodError, type Results, runIdSchema } from '@oodgrid/protocol';
import type { RunState } from './dispatch/run-state.js';
import { type MergedRun, mergeRun } from './merger/merge-run.js';
import type { ResultReader } from './store/result-reader.js';
import { GridWorkload } from './workload/grid-workload.js';

/** Merges a grid run whose tasks are all done. `workers`: executors that computed it. */
export async function mergeGridRun(
  run: RunState,
  results: ResultReader,
  workers: number,
  pause: () => Promise<void>,
): Promise<MergedRun> {
  const { workload, submitted, bound } = run;
  if (!(workload instanceof GridWorkload) || submitted.spec.kind !== 'grid' || bound === null) {
    throw new OodError('internal', `run ${run.id} is no grid run that was computed`);
  }
  const { kind, version, device } = bound.engine;
  const environment: Results['environment'] = {
    engine: kind,
    engineVersion: version,
    device,
    numericsClass: bound.pool,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
  const startedAt = new Date(submitted.at);
  const facts = {
    id: runIdSchema.parse(run.id),
    startedAt,
    workers,
    environment,
    work: run.work,
    cachedUnits: run.reusedUnits,
    secondsElapsed: () => (Date.now() - startedAt.getTime()) / 1000,
  };
  return mergeRun(submitted.spec.grid, workload, results, facts, pause);
}
