import { canonicalJson, type Digest, OodError } from '@oodgrid/protocol';
import type { LeaseRef } from '@oodgrid/transport';
import { Ledger } from '../ledger/ledger.js';
import type { LedgerEvent, LedgerSettings } from '../ledger/ledger-events.js';
import type { EndedRecord, JournalRecord, RunProblem, SubmittedRecord } from '../store/journal-record.js';
import type { ResultReader, UnitResult } from '../store/result-reader.js';
import type { TaskReport, Workload, WorkUnit } from '../workload/workload.js';
import { BatchBuilder } from './batch.js';
import { Counters } from './counters.js';
import type { RunEvent } from './run-events.js';
import { type Binding, RunState } from './run-state.js';
import { Staging } from './staging.js';
import { WorkerBook } from './worker-book.js';
import { DEFAULT_HEALTH_SETTINGS, type HealthSettings, WorkerHealth } from './worker-health.js';

export interface RunKeeperOptions {
  readonly ledger: LedgerSettings;
  readonly health?: HealthSettings;
  readonly jitter: (run: string, task: number, attempt: number) => number;
  readonly makeWorkload: (submitted: SubmittedRecord) => Workload;
  readonly results: ResultReader;
  /** Makes a choice and comes back with `computed`. */
  readonly compute: (run: RunState, id: string) => void;
  /** Merges a run and comes back with `end`. */
  readonly merge: (run: RunState) => void;
  readonly onEvent: (run: string, event: RunEvent) => void;
  /** Wall clock, for what people read. */
  readonly wallClock: () => Date;
}

/** What a live lease has sent so far, and the units that it is to send. */
export interface Staged {
  readonly staging: Staging;
  readonly units: readonly WorkUnit[];
}

/** What the journal keeps of the ledger's events. */
type LedgerRecord = Extract<JournalRecord, { kind: LedgerEvent['kind'] }>;

const NO_WORK = { images: 0, forwards: 0, gradients: 0 };

/** The runs of a dispatcher: what they are, how far they have come, and what follows from each step. */
export class RunKeeper {
  readonly counters = new Counters();
  readonly ledger: Ledger;
  readonly runs = new Map<string, RunState>();
  /** Those that have no numerics class yet. */
  readonly waiting = new Set<RunState>();
  readonly health: WorkerHealth;
  readonly workers: WorkerBook;
  readonly batch = new BatchBuilder();
  readonly #options: RunKeeperOptions;
  readonly #byIdempotencyKey = new Map<string, string>();
  readonly #stagings = new Map<string, Staged>();

  constructor(options: RunKeeperOptions) {
    this.#options = options;
    this.ledger = new Ledger({ settings: options.ledger, jitter: options.jitter });
    this.health = new WorkerHealth(options.health ?? DEFAULT_HEALTH_SETTINGS);
    this.workers = new WorkerBook(this.health);
  }

  /** What the lease of this token has sent; undefined when it is over. */
  staged(token: string): Staged | undefined {
    return this.#stagings.get(token);
  }

  /** Adds a run, or gives the one that was submitted with the same key. Throws for a run that cannot be planned. */
  submit(submitted: SubmittedRecord, planned?: Workload): { readonly run: string; readonly isNew: boolean } {
    const { idempotencyKey, run: id } = submitted;
    const known = this.#ofKey(idempotencyKey, id);
    if (known !== undefined) {
      if (canonicalJson(known.submitted.spec) === canonicalJson(submitted.spec)) {
        return { run: known.id, isNew: false };
      }
      throw new OodError(
        'conflict',
        `the key ${JSON.stringify(idempotencyKey)} was used for another grid, by run "${known.id}" (${known.status}): submit this one with a key of its own`,
      );
    }
    if (this.runs.has(id)) throw new OodError('invalid-input', `there is a run "${id}" already`);
    const run = this.add(submitted, planned);
    try {
      // Planned now, so that what cannot be planned is refused.
      if (run.workload.tasks.length === 0) throw new OodError('invalid-input', `run "${id}" has no tasks`);
    } catch (error) {
      this.remove(run);
      throw error;
    }
    this.batch.record(submitted);
    return { run: id, isNew: true };
  }

  /** The run that holds a key: one that failed or was cancelled lets go of it, but not to its own submission said again. */
  #ofKey(key: string | null, id: string): RunState | undefined {
    const run = key === null ? undefined : this.runs.get(this.#byIdempotencyKey.get(key) ?? '');
    const isFree = run?.status === 'failed' || run?.status === 'cancelled';
    return isFree && run.id !== id ? undefined : run;
  }

  add(submitted: SubmittedRecord, planned?: Workload): RunState {
    const run = new RunState(submitted, this.#options, planned);
    this.runs.set(run.id, run);
    this.waiting.add(run);
    if (submitted.idempotencyKey !== null) this.#byIdempotencyKey.set(submitted.idempotencyKey, run.id);
    return run;
  }

  remove(run: RunState): void {
    this.ledger.removeRun(run.id);
    this.runs.delete(run.id);
    this.waiting.delete(run);
    const key = run.submitted.idempotencyKey;
    if (key !== null && this.#byIdempotencyKey.get(key) === run.id) this.#byIdempotencyKey.delete(key);
  }

  bind(run: RunState, { pool, engine, at }: Binding & { readonly at?: string }): void {
    this.waiting.delete(run);
    run.bound = { pool, engine };
    if (at !== undefined) run.statusSince = at;
    const { priority } = run.submitted;
    this.ledger.addRun({ id: run.id, pool, priority, tasks: run.workload.tasks });
    // It may have been paused while it waited.
    if (run.isPaused) this.ledger.apply({ kind: 'paused', run: run.id }, 0);
  }

  /** Forgets everything of a run but its submission. What is still being computed for it finds nobody. */
  noteMoved(run: RunState, pool: string): void {
    this.ledger.removeRun(run.id);
    this.waiting.delete(run);
    const anew = new RunState({ ...run.submitted, pool }, this.#options);
    anew.isPaused = run.isPaused;
    this.runs.set(run.id, anew);
    this.waiting.add(anew);
  }

  wallClock(): Date {
    return this.#options.wallClock();
  }

  noteControl(run: RunState, kind: string): void {
    if (kind === 'paused') run.isPaused = true;
    if (kind === 'resumed') run.isPaused = false;
    if (kind === 'retried') run.ended = null;
  }

  /** Whether every unit of a task is in the cache; the task is done then. */
  reuse(run: RunState, task: number, now: number): boolean {
    const tasks = this.ledger.run(run.id)?.tasks;
    if (tasks?.is(task, 'ready') !== true && tasks?.is(task, 'queued') !== true) return false;
    const bound = run.bind(task);
    const fitted: Record<Digest, Digest> = {};
    for (const unit of bound.units) {
      const found = this.#find(unit, bound.rows, bound.isFit);
      if (found === undefined) return false;
      if (found.kind === 'fitted') fitted[unit.key] = found.blob;
    }
    const report = { fitted, work: NO_WORK, seconds: 0, reusedUnits: bound.units.length, isReused: true };
    this.apply({ kind: 'finished', run: run.id, task, ...report }, now);
    this.counters.add('tasks_reused');
    this.noteFinished(run, task, report, now);
    this.emit(run.id, {
      kind: 'task-done',
      taskId: this.title(run.id, task),
      isReused: true,
      work: NO_WORK,
      seconds: 0,
    });
    this.advance(run);
    return true;
  }

  /** A staging for a lease, for those units that the cache does not have. */
  openStaging(run: RunState, { task, token }: LeaseRef): readonly WorkUnit[] {
    const { isFit, rows, units } = run.bind(task);
    const missing = run.submitted.isCacheUsed
      ? units.filter((unit) => this.#find(unit, rows, isFit) === undefined)
      : units;
    const staging = new Staging({ title: run.workload.title(task), isFit, rows, units: missing });
    this.#stagings.set(token, { staging, units: missing });
    return missing;
  }

  noteFinished(run: RunState, task: number, report: TaskReport, now: number): void {
    run.work = {
      images: run.work.images + report.work.images,
      forwards: run.work.forwards + report.work.forwards,
      gradients: run.work.gradients + report.work.gradients,
    };
    run.reusedUnits += report.reusedUnits;
    if (report.worker !== undefined) run.contributors.add(report.worker);
    const facts = run.workload.finish(task, run.pool, report);
    run.boundTasks.delete(task);
    for (const need of facts) this.ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
  }

  noteComputed(run: RunState, id: string, outcome: unknown, now: number): void {
    for (const need of run.workload.computed(id, outcome)) {
      this.ledger.apply({ kind: 'satisfied', run: run.id, need }, now);
    }
  }

  /** Starts what has become possible: choices, the merge, or the end of a run that cannot go on. */
  advance(run: RunState): void {
    if (run.ended !== null || run.isMerging) return;
    for (const id of run.workload.takeComputations()) {
      run.openComputations++;
      this.batch.after(() => this.#options.compute(run, id));
    }
    const state = this.ledger.run(run.id);
    if (state === undefined || run.openComputations > 0 || !state.isIdle) return;
    if (state.tasks.count('done') === state.tasks.size) {
      run.isMerging = true;
      this.batch.after(() => this.#options.merge(run));
      return;
    }
    const [failed] = [...state.lastFailure].filter(
      ([task]) => state.tasks.is(task, 'failed') || state.tasks.is(task, 'quarantined'),
    );
    if (failed === undefined) return;
    const [task, { code, message }] = failed;
    const count = state.tasks.count('failed') + state.tasks.count('quarantined');
    const others = count > 1 ? ` (and ${count - 1} more tasks)` : '';
    this.end(run, 'failed', null, {
      code,
      message: `task ${run.workload.title(task)}: ${message}${others}`,
    });
  }

  end(
    run: RunState,
    status: 'done' | 'failed' | 'cancelled',
    result: EndedRecord['result'],
    problem: RunProblem | null,
  ): void {
    const now = this.#options.wallClock();
    const seconds = (now.getTime() - Date.parse(run.submitted.at)) / 1000;
    const record = {
      kind: 'ended',
      run: run.id,
      status,
      at: now.toISOString(),
      seconds,
      result,
      problem,
    } as const;
    this.batch.record(record);
    this.noteEnded(run, record);
    this.counters.add(`runs_${status}`);
    this.emit(run.id, { kind: 'ended', status, problem });
  }

  noteEnded(run: RunState, record: Extract<JournalRecord, { kind: 'ended' }>): void {
    run.ended = record;
    run.isMerging = false;
    this.waiting.delete(run);
    run.merge = null;
    // A failed run keeps its tasks: it may be retried.
    if (record.status === 'failed') return;
    this.ledger.removeRun(run.id);
    run.dropWorkload();
  }

  active(id: string): RunState {
    const run = this.get(id);
    if (run.ended !== null) throw new OodError('invalid-input', `run "${id}" is over: ${run.ended.status}`);
    return run;
  }

  get(id: string): RunState {
    const run = this.runs.get(id);
    if (run === undefined) throw new OodError('not-found', `there is no run "${id}"`);
    return run;
  }

  /** Journals an event and applies it. */
  apply(event: LedgerRecord, now: number): void {
    this.batch.record(event);
    for (const command of this.ledger.apply(event, now)) {
      if (command.kind === 'finish') continue;
      const { lease } = command;
      this.#closeStaging(lease);
      const peer = this.workers.ofId(lease.worker)?.peer;
      // Nobody tells the queue what became of the message that led to it.
      if (peer === null || peer === undefined || event.kind === 'expired') {
        this.ledger.pools.addStrays(this.runs.get(lease.run)?.pool ?? '', 1);
      }
      const isOwn = 'token' in event && event.token === lease.token && event.kind !== 'expired';
      if (peer !== null && peer !== undefined && !isOwn) {
        const ref = refOf(lease);
        this.batch.after(() => peer.send({ kind: 'cancel', lease: ref }));
      }
    }
    if (event.kind === 'completed') this.#closeStaging(event);
  }

  title(run: string, task: number): string {
    return this.runs.get(run)?.workload.title(task) ?? `${task}`;
  }

  emit(run: string, event: RunEvent): void {
    this.batch.after(() => this.#options.onEvent(run, event));
  }

  #find({ key, columns }: WorkUnit, rows: number, isFit: boolean): UnitResult | undefined {
    const found = this.#options.results.find(key);
    if (found?.kind === 'fitted') return isFit ? found : undefined;
    return found?.rows === rows && found.columns === columns ? found : undefined;
  }

  #closeStaging({ token }: { readonly token: string }): void {
    this.#stagings.delete(token);
    this.batch.endLease(token);
  }
}

/** The lease alone, without what the ledger knows of it. */
export const refOf = ({ run, task, attempt, token }: LeaseRef): LeaseRef => ({ run, task, attempt, token });
