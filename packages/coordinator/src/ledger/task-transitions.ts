import type { LeaseRef } from '@oodgrid/transport';
import type { FailureRules, Verdict } from './failure-rules.js';
import { type IndexedHeap, NOWHERE } from './indexed-heap.js';
import type { LeaseIndex } from './lease-index.js';
import type { Lease, LedgerEvent } from './ledger-events.js';
import type { Delayed, LedgerRun } from './ledger-run.js';
import type { PoolIndex } from './pool-index.js';

export interface TaskTransitionsOptions {
  readonly pools: PoolIndex;
  readonly leases: LeaseIndex;
  readonly delays: IndexedHeap<Delayed>;
  readonly rules: FailureRules;
  readonly leaseMs: number;
  /** Spreads retries of one task: a number in [0, 1) that depends on nothing but its arguments. */
  readonly jitter: (run: string, task: number, attempt: number) => number;
}

const NOTHING: readonly Lease[] = [];

/** Applies events to the tasks of a run. An event that does not fit the state changes nothing. */
export class TaskTransitions {
  readonly #options: TaskTransitionsOptions;

  constructor(options: TaskTransitionsOptions) {
    this.#options = options;
  }

  /** Returns the leases that ended without a result. */
  apply(run: LedgerRun, event: LedgerEvent, now: number): readonly Lease[] {
    switch (event.kind) {
      case 'satisfied':
        for (const task of run.tasks.satisfy(event.need)) run.makeReady(task);
        return NOTHING;
      case 'reused':
      case 'done':
        return run.tasks.is(event.task, 'ready') || run.tasks.is(event.task, 'queued')
          ? this.#markDone(run, event.task)
          : NOTHING;
      case 'leased':
        return this.#lease(run, event, now);
      case 'completed': {
        const lease = run.lease(event);
        if (lease === undefined) return NOTHING;
        this.#options.leases.noteDuration(run.group(lease.task), now - lease.startedAt);
        this.#end(run, lease);
        return this.#markDone(run, event.task);
      }
      case 'failed': {
        const { failure, hasOther = false } = event;
        return this.#fail(
          run,
          event,
          (lease) => this.#options.rules.failed(run, lease, failure, hasOther),
          now,
        );
      }
      case 'handed-back':
        return this.#fail(
          run,
          event,
          (lease) => this.#options.rules.handedBack(run, lease, event.failure),
          now,
        );
      case 'suspected': {
        if (!isOpen(run, event.task)) return NOTHING;
        const verdict = this.#options.rules.suspected(run, event.task, event.failure);
        return verdict === null ? NOTHING : this.#follow(run, event.task, verdict, now);
      }
      case 'expired':
        return this.#fail(run, event, (lease) => this.#options.rules.lost(run, lease), now);
      case 'reopened':
        if (run.tasks.is(event.task, 'done')) run.makeReady(event.task);
        return NOTHING;
      case 'released': {
        const lease = run.lease(event);
        if (lease === undefined) return NOTHING;
        this.#end(run, lease);
        if (!run.leases.has(lease.task)) run.makeReady(lease.task);
        return [lease];
      }
      case 'paused':
        run.isPaused = true;
        this.#options.pools.addStrays(run.pool, run.offered.size);
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
      deadline: now + this.#options.leaseMs,
      place: NOWHERE,
    };
    run.offered.delete(task);
    run.delayed.delete(task);
    run.removeReady(task);
    // In a snapshot the history comes first, and may know of later attempts.
    run.tasks.setAttempts(task, Math.max(attempt, run.tasks.attempts(task)));
    run.tasks.setState(task, 'running');
    run.leases.set(task, [...(run.leases.get(task) ?? []), lease]);
    this.#options.leases.add(lease, run.group(task));
    return NOTHING;
  }

  /** Takes a lease out of every index. */
  #end(run: LedgerRun, lease: Lease): void {
    const left = (run.leases.get(lease.task) ?? []).filter((one) => one !== lease);
    if (left.length === 0) run.leases.delete(lease.task);
    else run.leases.set(lease.task, left);
    this.#options.leases.remove(lease, run.group(lease.task));
    // A second copy is offered for a lease that lives; without it the task is offered anew.
    if (left.length === 0 && run.offered.delete(lease.task)) this.#options.pools.addStrays(run.pool, 1);
  }

  #markDone(run: LedgerRun, task: number): readonly Lease[] {
    const ended = this.#endAll(run, task);
    this.#close(run, task, 'done');
    return ended;
  }

  #endAll(run: LedgerRun, task: number): readonly Lease[] {
    const leases = run.leases.get(task) ?? NOTHING;
    for (const lease of leases) this.#end(run, lease);
    return leases;
  }

  /** Ends a lease that came to nothing; what becomes of its task is the verdict's. */
  #fail(run: LedgerRun, key: LeaseRef, judge: (lease: Lease) => Verdict, now: number): readonly Lease[] {
    const lease = run.lease(key);
    if (lease === undefined) return NOTHING;
    this.#end(run, lease);
    return [lease, ...this.#follow(run, lease.task, judge(lease), now)];
  }

  #follow(run: LedgerRun, task: number, verdict: Verdict, now: number): readonly Lease[] {
    if (verdict.kind === 'give-up') return this.#giveUp(run, task, verdict.state);
    this.#backOff(run, task, verdict.milliseconds, now);
    return NOTHING;
  }

  #giveUp(run: LedgerRun, task: number, state: 'failed' | 'quarantined'): readonly Lease[] {
    const ended = this.#endAll(run, task);
    this.#close(run, task, state);
    return ended;
  }

  /** Half of it is jitter. A task that another copy still runs does not wait. */
  #backOff(run: LedgerRun, task: number, milliseconds: number, now: number): void {
    if (run.leases.has(task)) return;
    if (milliseconds === 0) {
      run.makeReady(task);
      return;
    }
    const jitter = this.#options.jitter(run.id, task, run.tasks.attempts(task));
    this.#options.delays.set(run.delay(task, now + milliseconds * (0.5 + 0.5 * jitter)));
  }

  #cancel(run: LedgerRun): readonly Lease[] {
    run.isCancelled = true;
    const ended: Lease[] = [];
    for (let task = 0; task < run.tasks.size; task++) {
      if (run.tasks.is(task, 'done') || run.tasks.is(task, 'failed') || run.tasks.is(task, 'quarantined'))
        continue;
      ended.push(...this.#endAll(run, task));
      this.#close(run, task, 'cancelled');
    }
    return ended;
  }

  /** Ends a task for good; the message of its offer is one too many then. */
  #close(run: LedgerRun, task: number, state: 'done' | 'failed' | 'quarantined' | 'cancelled'): void {
    if (run.offered.has(task)) this.#options.pools.addStrays(run.pool, 1);
    run.close(task, state);
  }

  #retry(run: LedgerRun): void {
    for (let task = 0; task < run.tasks.size; task++) {
      if (!run.tasks.is(task, 'failed') && !run.tasks.is(task, 'quarantined')) continue;
      run.tasks.setFailures(task, 0);
      run.tasks.setLosses(task, 0);
      run.lastFailure.delete(task);
      run.failedOn.delete(task);
      run.makeReady(task);
    }
  }
}

/** Whether a task can be handed out at all. */
const isOpen = ({ tasks }: LedgerRun, task: number): boolean =>
  tasks.is(task, 'ready') || tasks.is(task, 'queued') || tasks.is(task, 'running');
