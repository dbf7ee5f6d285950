import type { SampleSet } from '@oodgrid/metrics';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { RunState } from '../dispatch/run-state.js';
import type { Tallies } from '../dispatch/tallies.js';
import { TASK_STATES } from '../ledger/task-table.js';
import { GridWorkload } from '../workload/grid-workload.js';
import type { RunningMetrics } from './running-metrics.js';

/** Pool of runs that have no numerics class yet, and want none in particular. */
const ANY_POOL = 'any';

export interface WorkParts {
  readonly dispatcher: Dispatcher;
  readonly tallies: Tallies;
  readonly running: RunningMetrics;
  /** Monotonic milliseconds of the dispatcher. */
  readonly now: number;
  readonly wallClock: Date;
}

/** Collects the metrics of runs and tasks. */
export function collectWork(samples: SampleSet, parts: WorkParts): void {
  const { dispatcher, tallies } = parts;
  for (const pool of dispatcher.pools.keys()) samples.add('oodgrid_ready_tasks', { pool }, 0);
  for (const status of ['waiting', 'running', 'paused', 'merging'] as const) {
    samples.add('oodgrid_runs', { status }, 0);
  }
  samples.add('oodgrid_runs_held_up', {}, 0);
  for (const run of dispatcher.runs.values()) if (run.ended === null) collectRun(samples, run, parts);
  collectTallies(samples, tallies);
  for (const status of ['done', 'failed', 'cancelled'] as const) {
    samples.add('oodgrid_runs_ended_total', { status }, dispatcher.counters.get(`runs_${status}`));
  }
}

function collectRun(samples: SampleSet, run: RunState, parts: WorkParts): void {
  const { dispatcher, running, now, wallClock } = parts;
  const { id, status } = run;
  const pool = run.pin?.pool ?? run.submitted.pool ?? ANY_POOL;
  if (status === 'waiting' || status === 'running' || status === 'paused' || status === 'merging') {
    samples.add('oodgrid_runs', { status }, 1);
  }
  if (dispatcher.waitsFor(run) !== '') samples.add('oodgrid_runs_held_up', {}, 1);
  const seconds = (wallClock.getTime() - Date.parse(run.submitted.at)) / 1000;
  samples.add('oodgrid_run_seconds', { run: id }, Math.max(0, seconds));
  samples.add('oodgrid_run_passes', { run: id }, run.work.forwards);
  samples.add('oodgrid_run_reused_units', { run: id }, run.reusedUnits);
  const { workload } = run;
  if (workload instanceof GridWorkload) {
    samples.add('oodgrid_run_cells', { run: id, state: 'all' }, workload.plan.cells.length);
    samples.add('oodgrid_run_cells', { run: id, state: 'done' }, run.merge?.merged ?? 0);
  }
  for (const { cell, auroc } of running.of(run)) {
    samples.add('oodgrid_run_partial_auroc', { run: id, cell }, auroc);
  }
  const state = dispatcher.ledger.run(id);
  if (state === undefined) {
    // It has no class, so nobody has any of its tasks.
    const free = freeTasks(run);
    samples.add('oodgrid_ready_tasks', { pool }, run.isPaused ? 0 : free);
    samples.add('oodgrid_tasks', { pool, state: 'ready' }, free);
    samples.add('oodgrid_tasks', { pool, state: 'waiting' }, workload.tasks.length - free);
    samples.add('oodgrid_run_tasks', { run: id, state: 'ready' }, free);
    samples.add('oodgrid_run_tasks', { run: id, state: 'waiting' }, workload.tasks.length - free);
    return;
  }
  for (const one of TASK_STATES) {
    const count = state.tasks.count(one);
    samples.add('oodgrid_tasks', { pool, state: one }, count);
    samples.add('oodgrid_run_tasks', { run: id, state: one }, count);
  }
  const open = state.tasks.count('ready') + state.tasks.count('queued') - state.held.size;
  samples.add('oodgrid_ready_tasks', { pool }, run.isPaused ? 0 : Math.max(0, open));
  samples.add('oodgrid_tasks_too_large', { pool }, dispatcher.tooLargeTasksOf(run));
  let leases = 0;
  let oldest = now;
  for (const [first, second] of state.leases.values()) {
    leases += second === undefined ? 1 : 2;
    oldest = Math.min(oldest, first?.startedAt ?? now);
  }
  samples.add('oodgrid_run_leases', { run: id }, leases);
  samples.add('oodgrid_run_oldest_lease_seconds', { run: id }, (now - oldest) / 1000);
}

/** Tasks that wait for no other; a plan does not change, so they are counted once. */
function freeTasks(run: RunState): number {
  const known = FREE.get(run);
  if (known !== undefined) return known;
  const count = run.workload.tasks.filter(({ needs }) => needs.length === 0).length;
  FREE.set(run, count);
  return count;
}
const FREE = new WeakMap<RunState, number>();

function collectTallies(samples: SampleSet, tallies: Tallies): void {
  for (const kind of ['fit', 'sweep', 'score'] as const) {
    const { first, again, computed, reused, images, seconds, queueSeconds } = tallies.kinds[kind];
    samples.add('oodgrid_attempts_total', { kind, how: 'first' }, first);
    samples.add('oodgrid_attempts_total', { kind, how: 'again' }, again);
    samples.add('oodgrid_tasks_done_total', { kind, how: 'computed' }, computed);
    samples.add('oodgrid_tasks_done_total', { kind, how: 'reused' }, reused);
    samples.add('oodgrid_images_total', { kind }, images);
    samples.addBuckets('oodgrid_task_seconds', { kind }, seconds);
    samples.addBuckets('oodgrid_task_queue_seconds', { kind }, queueSeconds);
  }
  for (const how of ['computed', 'reused'] as const) {
    samples.add('oodgrid_units_done_total', { how }, tallies.units[how]);
  }
  for (const pass of ['forward', 'gradient'] as const) {
    samples.add('oodgrid_passes_total', { pass }, tallies.passes[pass]);
  }
  for (const [code, count] of tallies.failed) samples.add('oodgrid_attempts_failed_total', { code }, count);
  for (const [code, count] of tallies.givenUp) samples.add('oodgrid_tasks_given_up_total', { code }, count);
}
