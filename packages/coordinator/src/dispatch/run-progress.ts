import type { Digest } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { TaskReport } from '../workload/workload.js';
import type { BatchBuilder } from './batch.js';
import type { Counters } from './counters.js';
import type { JournaledLedger } from './journaled-ledger.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';
import type { Stagings } from './stagings.js';
import type { Tallies } from './tallies.js';

export interface RunProgressOptions {
  readonly ledger: Pick<Ledger, 'run' | 'apply'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly registry: Pick<RunRegistry, 'end' | 'title'>;
  readonly stagings: Pick<Stagings, 'find'>;
  readonly batch: Pick<BatchBuilder, 'after' | 'emit' | 'record'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly tallies: Pick<Tallies, 'done'>;
  /** Makes a choice of a run; its outcome comes back through `computed`. */
  readonly compute: (run: RunState, id: string) => void;
  /** Merges a run, which ends with that. */
  readonly merge: (run: RunState) => void;
}

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

/** Progress of runs: tasks done, choices made, and the tasks that each of them makes ready. */
export class RunProgress {
  readonly #options: RunProgressOptions;

  constructor(options: RunProgressOptions) {
    this.#options = options;
  }

  /** A lease has given every result of its task. */
  complete(run: RunState, lease: LeaseRef, report: TaskReport, now: number): void {
    const { journal, counters } = this.#options;
    journal.apply({ kind: 'completed', ...lease, ...report }, now);
    counters.add('tasks_done');
    this.#taskDone(run, lease.task, report, now);
  }

  /** Takes a task's results from the cache, where all of them are. True: the task is done by that. */
  reuse(run: RunState, task: number, now: number): boolean {
    const { ledger, journal, counters, stagings } = this.#options;
    const tasks = ledger.run(run.id)?.tasks;
    if (tasks?.is(task, 'ready') !== true && tasks?.is(task, 'queued') !== true) return false;
    const { units, rows, isFit } = run.bind(task);
    const fitted: Record<Digest, Digest> = {};
    for (const unit of units) {
      const found = stagings.find(unit, rows, isFit);
      if (found === undefined) return false;
      if (found.kind === 'fitted') fitted[unit.key] = found.blob;
    }
    const report = { fitted, work: NO_WORK, seconds: 0, reusedUnits: units.length, isReused: true };
    journal.apply({ kind: 'reused', run: run.id, task, ...report }, now);
    counters.add('tasks_reused');
    this.#taskDone(run, task, report, now);
    return true;
  }

  /** A choice was made. */
  computed(run: RunState, id: string, outcome: unknown, now: number): void {
    const { batch } = this.#options;
    run.openComputations--;
    batch.record({ kind: 'computed', run: run.id, id, outcome });
    this.noteComputed(run, id, outcome, now);
    batch.emit(run.id, { kind: 'choice-made', choice: run.workload.computationTitle(id), outcome });
    this.advance(run);
  }

  /** Adds up what a task gave, and tells the ledger the facts that are known by it. Journals nothing. */
  noteDone(run: RunState, task: number, report: TaskReport, now: number): void {
    const { images, forwards, gradients } = report.work;
    run.work = {
      images: run.work.images + images,
      forwards: run.work.forwards + forwards,
      gradients: run.work.gradients + gradients,
    };
    run.reusedUnits += report.reusedUnits;
    if (report.worker !== undefined) run.contributors.add(report.worker);
    const facts = run.workload.noteDone(task, run.pool, report);
    run.boundTasks.delete(task);
    for (const need of facts) this.#options.ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
  }

  /** Tells the ledger the facts that are known by a choice. Journals nothing. */
  noteComputed(run: RunState, id: string, outcome: unknown, now: number): void {
    for (const need of run.workload.noteComputed(id, outcome)) {
      this.#options.ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
    }
  }

  /** Starts what has become possible: choices, the merge, or the end of a run that cannot go on. */
  advance(run: RunState): void {
    if (run.ended !== null || run.isMerging) return;
    const { ledger, batch, registry } = this.#options;
    for (const id of run.workload.takeComputations()) {
      run.openComputations++;
      batch.after(() => this.#options.compute(run, id));
    }
    const state = ledger.run(run.id);
    if (state === undefined || run.openComputations > 0 || !state.isIdle) return;
    if (state.tasks.count('done') === state.tasks.size) {
      run.isMerging = true;
      batch.after(() => this.#options.merge(run));
      return;
    }
    const [failed] = [...state.lastFailure].filter(
      ([task]) => state.tasks.is(task, 'failed') || state.tasks.is(task, 'quarantined'),
    );
    if (failed === undefined) return;
    const [task, { code, message }] = failed;
    const count = state.tasks.count('failed') + state.tasks.count('quarantined');
    const others = count > 1 ? ` (and ${count - 1} more tasks)` : '';
    registry.end(run, 'failed', null, {
      code,
      message: `task ${run.workload.title(task)}: ${message}${others}`,
    });
  }

  #taskDone(run: RunState, task: number, report: TaskReport, now: number): void {
    const { ledger, tallies } = this.#options;
    const kind = ledger.run(run.id)?.tasks.kind(task);
    if (kind !== undefined) tallies.done(kind, run.bind(task).units.length, report);
    this.noteDone(run, task, report, now);
    const { isReused, work, seconds } = report;
    const taskId = this.#options.registry.title(run.id, task);
    this.#options.batch.emit(run.id, { kind: 'task-done', taskId, isReused, work, seconds });
    this.advance(run);
  }
}
