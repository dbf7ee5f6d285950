import { OodError } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';
import { FailureRules } from './failure-rules.js';
import { IndexedHeap } from './indexed-heap.js';
import { LeaseIndex } from './lease-index.js';
import type { FailedAs, Lease, LedgerEvent, LedgerSettings, Offer, TaskHistory } from './ledger-events.js';
import { type Delayed, LedgerRun, type RunOptions } from './ledger-run.js';
import { PoolIndex } from './pool-index.js';
import { TaskTransitions } from './task-transitions.js';

export interface LedgerOptions {
  readonly settings: LedgerSettings;
  /** Spreads retries of one task: a number in [0, 1) that depends on nothing but its arguments. */
  readonly jitter: (run: string, task: number, attempt: number) => number;
}

const NOTHING: readonly Lease[] = [];
const NOBODY: ReadonlyMap<string, FailedAs> = new Map();

/**
 * The state of every task of every run, as a deterministic machine: events in, ended leases out; no clock, no
 * randomness, no I/O of its own, all changes in place and O(log n). The ledger alone counts attempts. An
 * event that does not fit the state (a late result, a second completion) changes nothing.
 */
export class Ledger {
  readonly #settings: LedgerSettings;
  readonly #transitions: TaskTransitions;
  readonly #runs = new Map<string, LedgerRun>();
  readonly pools = new PoolIndex();
  readonly #leases = new LeaseIndex();
  readonly #delays = new IndexedHeap<Delayed>((a, b) => a.until < b.until);
  #sequence = 0;

  constructor({ settings, jitter }: LedgerOptions) {
    this.#settings = settings;
    this.#transitions = new TaskTransitions({
      pools: this.pools,
      leases: this.#leases,
      delays: this.#delays,
      rules: new FailureRules(settings),
      leaseMs: settings.leaseMs,
      jitter,
    });
  }

  /** Adds a run; its tasks without needs are ready. */
  addRun(options: RunOptions): void {
    const run = new LedgerRun(options, ++this.#sequence);
    this.#runs.set(run.id, run);
    for (let task = 0; task < run.tasks.size; task++) if (run.tasks.isFree(task)) run.makeReady(task);
    this.pools.touch(run);
  }

  removeRun(id: string): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    this.#transitions.apply(run, { kind: 'cancelled', run: id }, 0);
    this.pools.remove(run);
    this.#runs.delete(id);
  }

  /** Puts a task of a snapshot where its former attempts left it. */
  restore(history: TaskHistory): void {
    const run = this.#runs.get(history.run);
    if (run === undefined) return;
    const { task, state, lastFailure } = history;
    run.tasks.setAttempts(task, history.attempts);
    run.tasks.setFailures(task, history.failures);
    run.tasks.setLosses(task, history.losses);
    if (lastFailure !== null) run.lastFailure.set(task, lastFailure);
    for (const [worker, as] of history.failedOn ?? []) run.noteFailedOn(task, worker, as);
    if (state !== null) run.close(task, state);
    this.pools.touch(run);
  }

  run(id: string): LedgerRun | undefined {
    return this.#runs.get(id);
  }

  /** Throws `internal` for a run that is not there. */
  get(id: string): LedgerRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw new OodError('internal', `the ledger has no run "${id}"`);
    return run;
  }

  /** Returns the leases that ended without a result: what was staged for them is void, and their workers should stop. */
  apply(event: LedgerEvent, now: number): readonly Lease[] {
    const run = this.#runs.get(event.run);
    if (run === undefined) return NOTHING;
    const ended = this.#transitions.apply(run, event, now);
    this.pools.touch(run);
    return ended;
  }

  /** The live lease that a message speaks for; undefined when it is another's by now, or over. */
  find(ref: LeaseRef): Lease | undefined {
    return this.#runs.get(ref.run)?.lease(ref);
  }

  /** Keeps a lease for another period. False when it is not live. */
  renew(key: LeaseRef, now: number): boolean {
    const lease = this.find(key);
    if (lease === undefined) return false;
    this.#leases.setDeadline(lease, now + this.#settings.leaseMs);
    return true;
  }

  /** Shortens what a worker that was cut off holds: it has `graceMs` to come back. */
  shorten(worker: string, now: number, graceMs: number): void {
    for (const lease of this.leasesOf(worker)) {
      this.#leases.setDeadline(lease, Math.min(lease.deadline, now + graceMs));
    }
  }

  leasesOf(worker: string): readonly Lease[] {
    return this.#leases.of(worker);
  }

  leaseCountOf(worker: string): number {
    return this.#leases.countOf(worker);
  }

  /** Workers that failed the task or handed it back because of a failure of their own. */
  failedOn(runId: string, task: number): ReadonlyMap<string, FailedAs> {
    return this.#runs.get(runId)?.failedOn.get(task) ?? NOBODY;
  }

  /** Keeps a task that is ready or offered from everybody, until `release`. */
  hold(runId: string, task: number): void {
    const run = this.#runs.get(runId);
    if (run === undefined || !(run.tasks.is(task, 'ready') || run.tasks.is(task, 'queued'))) return;
    if (run.offered.has(task)) this.pools.addStrays(run.pool, 1);
    run.hold(task);
    this.pools.touch(run);
  }

  release(runId: string, task: number): void {
    const run = this.#runs.get(runId);
    if (run?.held.has(task) !== true) return;
    run.makeReady(task);
    this.pools.touch(run);
  }

  /** Whether a worker may lease the task now: it is offered or ready, or offered a second time to another. */
  canLease(runId: string, task: number, worker: string): boolean {
    const run = this.#runs.get(runId);
    if (run === undefined || run.isPaused || task >= run.tasks.size) return false;
    if (run.tasks.is(task, 'ready')) return !run.delayed.has(task) && !run.held.has(task);
    if (run.tasks.is(task, 'queued')) return true;
    if (!run.tasks.is(task, 'running') || run.offered.get(task)?.isSecond !== true) return false;
    return run.leases.get(task)?.every((lease) => lease.worker !== worker) === true;
  }

  /** Leases whose time is over. The caller journals `expired` for each and applies it. */
  overdue(now: number): readonly Lease[] {
    return this.#leases.takeOverdue(now);
  }

  /** Earliest time at which `overdue` or `offers` change by the passing of time alone. */
  nextDeadline(): number {
    const delay = this.#delays.peek()?.until ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#leases.nextDeadline(), delay);
  }

  /** Back-offs that are over end here. */
  endDelays(now: number): void {
    for (
      let next = this.#delays.peek();
      next !== undefined && next.until <= now;
      next = this.#delays.peek()
    ) {
      this.#delays.remove(next);
      // It may have been cancelled, or delayed again, meanwhile.
      if (next.run.delayed.get(next.task) !== next) continue;
      next.run.endDelay(next.task);
      this.pools.touch(next.run);
    }
  }

  /** Offers a ready task to the queue. */
  offer(runId: string, task: number, now: number): Offer | undefined {
    const run = this.#runs.get(runId);
    if (run === undefined || !run.tasks.is(task, 'ready') || run.delayed.has(task) || run.held.has(task))
      return undefined;
    const offer = run.offer(task, now, false);
    this.pools.touch(run);
    return offer;
  }

  /** Second copies of tasks that take too long. */
  offerStragglers(pool: string, now: number): Offer[] {
    const offers: Offer[] = [];
    for (const kind of ['fit', 'sweep', 'score'] as const) {
      for (const lease of this.#leases.takeStragglers(`${pool}/${kind}`, now, this.#settings)) {
        const run = this.#runs.get(lease.run);
        if (run === undefined || run.isPaused || run.leases.get(lease.task)?.length !== 1) continue;
        offers.push(run.offer(lease.task, now, true));
      }
    }
    return offers;
  }

  /** Whether a second copy of a running task is on offer. */
  isOfferedAgain(runId: string, task: number): boolean {
    return this.#runs.get(runId)?.offered.get(task)?.isSecond === true;
  }

  /** Offers a task once more whose offer nobody will take. */
  offerOnceMore(runId: string, task: number, now: number): Offer | undefined {
    const run = this.#runs.get(runId);
    const offered = run?.offered.get(task);
    if (run === undefined || offered === undefined) return undefined;
    this.pools.addStrays(run.pool, 1);
    run.offered.delete(task);
    return run.offer(task, now, offered.isSecond);
  }
}
