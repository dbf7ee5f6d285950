import { canonicalJson, OodError, type RunSpec } from '@oodgrid/contract';
import type { Ledger } from '../ledger/ledger.js';
import type { EndedRecord, JournalRecord, RunProblem, SubmittedRecord } from '../store/journal-record.js';
import type { Workload } from '../workload/workload.js';
import type { BatchBuilder } from './batch.js';
import type { Counters } from './counters.js';
import { formerPlanProblem } from './former-plan.js';
import { type Pin, RunState, type RunStateOptions } from './run-state.js';

export interface RunRegistryOptions extends RunStateOptions {
  readonly ledger: Pick<Ledger, 'addRun' | 'removeRun' | 'apply'>;
  readonly batch: Pick<BatchBuilder, 'record' | 'emit'>;
  readonly counters: Pick<Counters, 'add'>;
}

/** Records of what becomes of a run as a whole. */
type RunRecord = Extract<
  JournalRecord,
  { kind: 'submitted' | 'pinned' | 'moved' | 'ended' | 'fetched' | 'forgotten' }
>;

/**
 * All runs, by id and by idempotency key, and the changes of a run as a whole. Each verb journals its change and applies
 * it; `replay` applies what the journal holds. A run's tasks are in the ledger from its pinning to its end.
 */
export class RunRegistry {
  readonly #options: RunRegistryOptions;
  readonly #runs = new Map<string, RunState>();
  readonly #unpinned = new Set<RunState>();
  readonly #byIdempotencyKey = new Map<string, string>();

  constructor(options: RunRegistryOptions) {
    this.#options = options;
  }

  /** Every run by its id, in the order of submission. */
  get all(): ReadonlyMap<string, RunState> {
    return this.#runs;
  }

  /** Runs that have no numerics class yet; a copy. */
  get unpinned(): readonly RunState[] {
    return [...this.#unpinned];
  }

  find(id: string): RunState | undefined {
    return this.#runs.get(id);
  }

  /** Throws `not-found`. */
  get(id: string): RunState {
    const run = this.#runs.get(id);
    if (run === undefined) throw new OodError('not-found', `there is no run "${id}"`);
    return run;
  }

  /** A run that has not ended. Throws `not-found`, or `invalid-input` for one that has. */
  active(id: string): RunState {
    const run = this.get(id);
    if (run.ended !== null) throw new OodError('invalid-input', `run "${id}" is over: ${run.ended.status}`);
    return run;
  }

  /** A task's title for display; its number where the run is unknown. */
  title(run: string, task: number): string {
    return this.#runs.get(run)?.workload.title(task) ?? `${task}`;
  }

  /**
   * Adds a run, or returns the one that was submitted with the same key. Throws `conflict` where the key belongs to
   * another grid, `invalid-input` for an id that is taken or a run that cannot be planned.
   */
  submit(submitted: SubmittedRecord, planned?: Workload): { readonly run: string; readonly isNew: boolean } {
    const { idempotencyKey, run: id } = submitted;
    const known = this.#ofKey(idempotencyKey, id);
    if (known !== undefined) {
      if (contentOf(known.submitted.spec) === contentOf(submitted.spec)) {
        return { run: known.id, isNew: false };
      }
      throw new OodError(
        'conflict',
        `the key ${JSON.stringify(idempotencyKey)} was used for another grid, by run "${known.id}" (${known.status}): submit this one with a key of its own`,
      );
    }
    if (this.#runs.has(id)) throw new OodError('invalid-input', `there is a run "${id}" already`);
    const run = this.#add(submitted, planned);
    try {
      // Planned now, so that what cannot be planned is refused.
      if (run.workload.tasks.length === 0) throw new OodError('invalid-input', `run "${id}" has no tasks`);
    } catch (error) {
      this.#remove(run);
      throw error;
    }
    this.#options.batch.record(submitted);
    return { run: id, isNew: true };
  }

  /** Gives a run its numerics class; its tasks without needs are ready from now on. */
  pin(run: RunState, pin: Pin & { readonly at: string }): void {
    const { pool, engine, at } = pin;
    const plan = run.workload.planIdentity;
    this.#options.batch.record({ kind: 'pinned', run: run.id, pool, engine, at, plan });
    this.#pin(run, pin);
  }

  /** Starts a run anew, for workers of another class: nothing is left of it but its submission. */
  move(run: RunState, pool: string): void {
    this.#options.batch.record({ kind: 'moved', run: run.id, pool });
    this.#move(run, pool);
  }

  end(
    run: RunState,
    status: EndedRecord['status'],
    result: EndedRecord['result'],
    problem: RunProblem | null,
  ): void {
    const { batch, counters, wallClock } = this.#options;
    const now = wallClock();
    const seconds = (now.getTime() - Date.parse(run.submitted.at)) / 1000;
    const at = now.toISOString();
    const record = { kind: 'ended', run: run.id, status, at, seconds, result, problem } as const;
    batch.record(record);
    this.#end(run, record);
    counters.add(`runs_${status}`);
    batch.emit(run.id, { kind: 'ended', status, problem });
  }

  /** Notes that somebody has written its results down. */
  markFetched(run: RunState): void {
    if (run.isFetched) return;
    run.isFetched = true;
    this.#options.batch.record({ kind: 'fetched', run: run.id });
  }

  /** Removes a run that has ended. */
  forget(run: RunState): void {
    this.#remove(run);
    this.#options.batch.record({ kind: 'forgotten', run: run.id });
  }

  /** Applies a record of the journal. */
  replay(record: RunRecord): void {
    if (record.kind === 'submitted') {
      this.#add(record, undefined);
      return;
    }
    const run = this.#runs.get(record.run);
    if (run === undefined) return;
    switch (record.kind) {
      case 'pinned':
        run.planProblem = formerPlanProblem(run, record.plan);
        if (run.planProblem === null) this.#pin(run, record);
        return;
      case 'moved':
        this.#move(run, record.pool);
        return;
      case 'ended':
        this.#end(run, record);
        return;
      case 'fetched':
        run.isFetched = true;
        return;
      case 'forgotten':
        this.#remove(run);
        return;
    }
  }

  /** The run that holds a key: one that failed or was cancelled lets go of it, but not to its own submission said again. */
  #ofKey(key: string | null, id: string): RunState | undefined {
    const holder = key === null ? undefined : this.#byIdempotencyKey.get(key);
    const run = holder === undefined ? undefined : this.#runs.get(holder);
    const isFree = run?.status === 'failed' || run?.status === 'cancelled';
    return isFree && run.id !== id ? undefined : run;
  }

  #add(submitted: SubmittedRecord, planned: Workload | undefined): RunState {
    const run = new RunState(submitted, this.#options, planned);
    this.#runs.set(run.id, run);
    this.#unpinned.add(run);
    if (submitted.idempotencyKey !== null) this.#byIdempotencyKey.set(submitted.idempotencyKey, run.id);
    return run;
  }

  #remove(run: RunState): void {
    this.#options.ledger.removeRun(run.id);
    this.#runs.delete(run.id);
    this.#unpinned.delete(run);
    const key = run.submitted.idempotencyKey;
    if (key !== null && this.#byIdempotencyKey.get(key) === run.id) this.#byIdempotencyKey.delete(key);
  }

  #pin(run: RunState, { pool, engine, at }: Pin & { readonly at?: string }): void {
    const { ledger } = this.#options;
    this.#unpinned.delete(run);
    run.pin = { pool, engine };
    if (at !== undefined) run.statusSince = at;
    const { priority } = run.submitted;
    ledger.addRun({ id: run.id, pool, priority, tasks: run.workload.tasks });
    // It may have been paused before.
    if (run.isPaused) ledger.apply({ kind: 'paused', run: run.id }, 0);
  }

  /** Moves a run to another state. Work still under way for the former one detects on its return that it is out of date. */
  #move(run: RunState, pool: string): void {
    this.#options.ledger.removeRun(run.id);
    this.#unpinned.delete(run);
    const anew = new RunState({ ...run.submitted, pool }, this.#options);
    anew.isPaused = run.isPaused;
    this.#runs.set(run.id, anew);
    this.#unpinned.add(anew);
  }

  #end(run: RunState, record: EndedRecord): void {
    run.ended = record;
    run.isMerging = false;
    this.#unpinned.delete(run);
    run.merge = null;
    // A failed run keeps its tasks: it may be retried.
    if (record.status === 'failed') return;
    this.#options.ledger.removeRun(run.id);
    run.dropWorkload();
  }
}

/** The part of a submission that must agree for both to be one run. Citations are left out: their wording depends on the client's version. */
const contentOf = (spec: RunSpec): string =>
  canonicalJson(spec.kind === 'grid' ? { ...spec, grid: { ...spec.grid, references: [] } } : spec);
