import { OodError } from '@oodgrid/contract';
import type { RunSummary, TaskDetail, WorkerSummary } from '@oodgrid/contract/wire';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { RunState } from '../dispatch/run-state.js';
import { TASK_STATES } from '../ledger/task-table.js';
import type { RunningMetrics } from './running-metrics.js';

const MAX_DETAILS = 200;

function runOf(dispatcher: Dispatcher, id: string): RunState {
  const run = dispatcher.runs.get(id);
  if (run === undefined) throw new OodError('not-found', `there is no run "${id}"`);
  return run;
}

/** Status, counts and problem of a run, for people. Throws `not-found`. */
export function runSummary(
  dispatcher: Dispatcher,
  id: string,
  now: Date,
  running: RunningMetrics,
): RunSummary {
  const run = runOf(dispatcher, id);
  const { submitted, ended } = run;
  const tasks = dispatcher.ledger.run(id)?.tasks;
  return {
    run: id,
    name: submitted.name,
    status: run.status,
    submittedAt: submitted.at,
    seconds: ended?.seconds ?? (now.getTime() - Date.parse(submitted.at)) / 1000,
    priority: submitted.priority,
    numericsClass: run.pin?.pool ?? submitted.pool ?? '',
    waitsFor: dispatcher.waitsFor(run),
    statusSeconds: Math.max(0, (now.getTime() - Date.parse(run.statusSince)) / 1000),
    tasks: tasks === undefined ? [] : TASK_STATES.map((state) => ({ state, count: tasks.count(state) })),
    reusedUnits: run.reusedUnits,
    result: ended?.result ?? '',
    problemCode: ended?.problem?.code ?? '',
    problemMessage: ended?.problem?.message ?? '',
    running: running.of(run),
    mergedCells: run.merge?.merged ?? 0,
    cells: run.merge?.cells ?? 0,
  };
}

/** Tasks that run, failed or are quarantined. Throws `not-found`. */
export function taskDetails(dispatcher: Dispatcher, id: string): TaskDetail[] {
  const run = runOf(dispatcher, id);
  const state = dispatcher.ledger.run(id);
  if (state === undefined) return [];
  const details: TaskDetail[] = [];
  for (let task = 0; task < state.tasks.size && details.length < MAX_DETAILS; task++) {
    const stands = state.tasks.state(task);
    const failure = state.lastFailure.get(task);
    if (stands !== 'running' && failure === undefined) continue;
    details.push({
      id: run.workload.title(task),
      state: stands,
      attempts: state.tasks.attempts(task),
      workers: (state.leases.get(task) ?? []).map(({ worker }) => worker),
      problem: failure?.message ?? '',
      logTail: failure?.logTail ?? '',
    });
  }
  return details;
}

/** A worker that was cut off counts as lost for this time, and as gone after it. */
const LOST_MS = 5000;

/** `now` is the time of the dispatcher. */
export function workerSummaries(dispatcher: Dispatcher, now: number): WorkerSummary[] {
  return [...dispatcher.workers]
    .map((worker) => ({ ...worker, aside: dispatcher.asideOf(worker.info.workerId) }))
    .map(({ info, peer, isDraining, doing, since, aside }) => ({
      workerId: info.workerId,
      status:
        peer === null
          ? isDraining || now - since > LOST_MS
            ? 'gone'
            : 'lost'
          : isDraining
            ? 'draining'
            : aside === null
              ? 'connected'
              : 'set aside',
      numericsClass: info.numericsClass,
      device: info.engine.device,
      leases: dispatcher.ledger.leasesOf(info.workerId).length,
      slots: info.slots,
      memoryBytes: info.memoryBytes,
      doing: peer === null ? '' : doing,
      pid: info.pid,
      trouble: aside?.reason ?? '',
      host: info.host,
      seconds: Math.max(0, (now - since) / 1000),
    }))
    .sort((a, b) => (a.workerId < b.workerId ? -1 : 1));
}
