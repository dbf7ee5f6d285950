import type { LeaseRef } from '@oodgrid/transport';
import { FailureRules, type Verdict } from './failure-rules.js';
import { IndexedHeap, NOWHERE } from './indexed-heap.js';
import { LeaseBook } from './lease-book.js';
import type {
  FailedAs,
  Lease,
  LedgerCommand,
  LedgerEvent,
  LedgerSettings,
  Offer,
  TaskHistory,
} from './ledger-events.js';
import { type Delayed, LedgerRun, type RunOptions } from './ledger-run.js';
import { PoolBook } from './pool-book.js';

export interface LedgerOptions {
  readonly settings: LedgerSettings;
  /** Spreads retries of one task: a number in [0, 1) that depends on nothing but its arguments. */
  readonly jitter: (run: string, task: number, attempt: number) => number;
}

const NOTHING: readonly LedgerCommand[] = [];
const NOBODY: ReadonlyMap<string, FailedAs> = new Map();

/**
 * The state of every task of every run, as a deterministic machine: events in, commands out; no clock, no
 * randomness, no I/O of its own, all changes in place and O(log n). The ledger alone counts attempts. An
 * event that does not fit the state (a late result, a second completion) changes nothing.
 */
export class Ledger {
  readonly #settings: LedgerSettings;
  readonly #jitter: LedgerOptions['jitter'];
  readonly #rules: FailureRules;
  readonly #runs = new Map<string, LedgerRun>();
  readonly pools = new PoolBook();
  readonly #leases = new LeaseBook();
  readonly #delays = new IndexedHeap<Delayed>((a, b) => a.until < b.until);
  #sequence = 0;

  constructor({ settings, jitter }: LedgerOptions) {
    this.#settings = settings;
    this.#jitter = jitter;
    this.#rules = new FailureRules(settings);
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
    this.#apply(run, { kind: 'cancelled', run: id }, 0);
    this.pools.remove(run);
    this.#runs.delete(id);
  }

  /** Puts a task of a snapshot where its former attempts left it. */
  restore(history: TaskHistory): void {
    const run = this.#runs.get(history.run);
    if (run === undefined) return;
    const { task, state, lastFailure } = history;
    run.tasks.attempts[task] = history.attempts;
    run.tasks.failures[task] = history.failures;
    run.tasks.losses[task] = history.losses;
    if (lastFailure !== null) run.lastFailure.set(task, lastFailure);
    for (const [worker, as] of history.failedOn ?? []) run.noteFailedOn(task, worker, as);
    if (state !== null) run.close(task, state);
    this.pools.touch(run);
  }

  run(id: string): LedgerRun | undefined {
    return this.#runs.get(id);
  }

  apply(event: LedgerEvent, now: number): readonly LedgerCommand[] {
    const run = this.#runs.get(event.run);
    if (run === undefined) return NOTHING;
    const commands = this.#apply(run, event, now);
    this.pools.touch(run);
    return commands;
  }

  /** The live lease that a message speaks for; undefined when it is another's by now, or over. */
  find({ run, task, attempt, token }: LeaseRef): Lease | undefined {
    return this.#runs
      .get(run)
      ?.leases.get(task)
      ?.find((lease) => lease.token === token && lease.attempt === attempt);
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

  /** When `overdue` or `offers` next have something because of time alone. */
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

  /** Offers a task once more whose offer nobody will take. */
  offerOnceMore(runId: string, task: number, now: number): Offer | undefined {
    const run = this.#runs.get(runId);
    const offered = run?.offered.get(task);
    if (run === undefined || offered === undefined) return undefined;
    this.pools.addStrays(run.pool, 1);
    run.offered.delete(task);
    return run.offer(task, now, offered.isSecond);
  }

  #apply(run: LedgerRun, event: LedgerEvent, now: number): readonly LedgerCommand[] {
    switch (event.kind) {
      case 'satisfied':
        for (const task of run.tasks.satisfy(event.need)) run.makeReady(task);
        return NOTHING;
      case 'finished':
        return run.tasks.is(event.task, 'ready') || run.tasks.is(event.task, 'queued')
          ? this.#finish(run, event.task)
          : NOTHING;
      case 'leased':
        return this.#lease(run, event, now);
      case 'completed': {
        const lease = this.find(event);
        if (lease === undefined) return NOTHING;
        this.#leases.noteDuration(groupOf(run, lease.task), now - lease.startedAt);
        this.#end(run, lease);
        return this.#finish(run, event.task);
      }
      case 'failed': {
        const { failure, hasOther = false } = event;
        return this.#fail(run, event, (lease) => this.#rules.failed(run, lease, failure, hasOther), now);
      }
      case 'handed-back':
        return this.#fail(run, event, (lease) => this.#rules.handedBack(run, lease, event.failure), now);
      case 'suspected': {
        if (!isOpen(run, event.task)) return NOTHING;
        const verdict = this.#rules.suspected(run, event.task, event.failure);
        return verdict === null ? NOTHING : this.#follow(run, event.task, verdict, now);
      }
      case 'expired':
        return this.#fail(run, event, (lease) => this.#rules.lost(run, lease), now);
      case 'reopened':
        if (run.tasks.is(event.task, 'done')) run.makeReady(event.task);
        return NOTHING;
      case 'released': {
        const lease = this.find(event);
        if (lease === undefined) return NOTHING;
        this.#end(run, lease);
        if (!run.leases.has(lease.task)) run.makeReady(lease.task);
        return [{ kind: 'discard', lease }];
      }
      case 'paused':
        run.isPaused = true;
        this.pools.addStrays(run.pool, run.offered.size);
        run.retract();
        return NOTHING;
      case 'resumed':
        run.isPaused = false;
        return NOTHING;
      case 'cancelled':
        return this.#cancel(run);
      case 'retried':
        this.#retry(run);
        return NOTHING;
    }
  }

  #lease(run: LedgerRun, { task, attempt, token, worker }: LedgerEvent & { kind: 'leased' }, now: number) {
    if (!isOpen(run, task)) return NOTHING;
    const lease: Lease = {
      run: run.id,
      task,
      attempt,
      token,
      worker,
      startedAt: now,
      deadline: now + this.#settings.leaseMs,
      place: NOWHERE,
    };
    run.offered.delete(task);
    run.delayed.delete(task);
    run.removeReady(task);
    // In a snapshot the history comes first, and may know of later attempts.
    run.tasks.attempts[task] = Math.max(attempt, run.tasks.attempts[task] ?? 0);
    run.tasks.setState(task, 'running');
    run.leases.set(task, [...(run.leases.get(task) ?? []), lease]);
    this.#leases.add(lease, groupOf(run, task));
    return NOTHING;
  }

  /** Takes a lease out of every index. */
  #end(run: LedgerRun, lease: Lease): void {
    const left = (run.leases.get(lease.task) ?? []).filter((one) => one !== lease);
    if (left.length === 0) run.leases.delete(lease.task);
    else run.leases.set(lease.task, left);
    this.#leases.remove(lease, groupOf(run, lease.task));
    // A second copy is offered for a lease that lives; without it the task is offered anew.
    if (left.length === 0 && run.offered.delete(lease.task)) this.pools.addStrays(run.pool, 1);
  }

  #finish(run: LedgerRun, task: number): LedgerCommand[] {
    const commands: LedgerCommand[] = this.#discardAll(run, task);
    this.#close(run, task, 'done');
    commands.push({ kind: 'finish', run: run.id, task });
    return commands;
  }

  #discardAll(run: LedgerRun, task: number): LedgerCommand[] {
    const leases = run.leases.get(task) ?? [];
    for (const lease of leases) this.#end(run, lease);
    return leases.map((lease) => ({ kind: 'discard', lease }));
  }

  /** Ends a lease that came to nothing; what becomes of its task is the verdict's. */
  #fail(
    run: LedgerRun,
    key: LeaseRef,
    judge: (lease: Lease) => Verdict,
    now: number,
  ): readonly LedgerCommand[] {
    const lease = this.find(key);
    if (lease === undefined) return NOTHING;
    this.#end(run, lease);
    return [{ kind: 'discard', lease }, ...this.#follow(run, lease.task, judge(lease), now)];
  }

  #follow(run: LedgerRun, task: number, verdict: Verdict, now: number): readonly LedgerCommand[] {
    if (verdict.kind === 'give-up') return this.#giveUp(run, task, verdict.state);
    this.#backOff(run, task, verdict.milliseconds, now);
    return NOTHING;
  }

  #giveUp(run: LedgerRun, task: number, state: 'failed' | 'quarantined'): LedgerCommand[] {
    const commands = this.#discardAll(run, task);
    this.#close(run, task, state);
    return commands;
  }

  /** Half of it is jitter. A task that another copy still runs does not wait. */
  #backOff(run: LedgerRun, task: number, milliseconds: number, now: number): void {
    if (run.leases.has(task)) return;
    if (milliseconds === 0) {
      run.makeReady(task);
      return;
    }
    const jitter = this.#jitter(run.id, task, run.tasks.attempts[task] ?? 0);
    this.#delays.set(run.delay(task, now + milliseconds * (0.5 + 0.5 * jitter)));
  }

  #cancel(run: LedgerRun): LedgerCommand[] {
    run.isCancelled = true;
    const commands: LedgerCommand[] = [];
    for (let task = 0; task < run.tasks.size; task++) {
      if (run.tasks.is(task, 'done') || run.tasks.is(task, 'failed') || run.tasks.is(task, 'quarantined'))
        continue;
      commands.push(...this.#discardAll(run, task));
      this.#close(run, task, 'cancelled');
    }
    return commands;
  }

  /** Ends a task for good; the message of its offer is one too many then. */
  #close(run: LedgerRun, task: number, state: 'done' | 'failed' | 'quarantined' | 'cancelled'): void {
    if (run.offered.has(task)) this.pools.addStrays(run.pool, 1);
    run.close(task, state);
  }

  #retry(run: LedgerRun): void {
    for (let task = 0; task < run.tasks.size; task++) {
      if (!run.tasks.is(task, 'failed') && !run.tasks.is(task, 'quarantined')) continue;
      run.tasks.failures[task] = 0;
      run.tasks.losses[task] = 0;
      run.lastFailure.delete(task);
      run.failedOn.delete(task);
      run.makeReady(task);
    }
  }
}

/** Tasks of one pool and kind are expected to take about as long as each other. */
const groupOf = ({ pool, tasks }: LedgerRun, task: number): string => `${pool}/${tasks.kind(task)}`;

/** Whether a task can be handed out at all. */
const isOpen = ({ tasks }: LedgerRun, task: number): boolean =>
  tasks.is(task, 'ready') || tasks.is(task, 'queued') || tasks.is(task, 'running');
