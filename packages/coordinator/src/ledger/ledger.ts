import type { ErrorCode } from '@oodgrid/protocol';

/** A lease as the ledger knows it. */
export interface LeaseKey {
  readonly taskId: string;
  readonly attempt: number;
  readonly token: string;
}

export type LedgerEvent =
  /** A fit or a choice that tasks wait for is known. */
  | { readonly kind: 'satisfied'; readonly need: string }
  /** The task was bound; `isReused` when every result of it was in the cache. */
  | { readonly kind: 'prepared'; readonly taskId: string; readonly isReused: boolean }
  /** A worker takes a queued task. */
  | { readonly kind: 'leased'; readonly taskId: string; readonly workerId: string; readonly token: string }
  /** The lease's results are complete and durable. */
  | { readonly kind: 'completed'; readonly lease: LeaseKey }
  | { readonly kind: 'failed'; readonly lease: LeaseKey; readonly failure: Failure }
  | { readonly kind: 'released'; readonly lease: LeaseKey }
  | { readonly kind: 'worker-lost'; readonly workerId: string };

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** False when another attempt would fail alike: bad input, not a bad moment. */
  readonly isRetryable: boolean;
}

export type LedgerCommand =
  /** Bind the task and look its results up in the cache, then report `prepared`. */
  | { readonly kind: 'prepare'; readonly taskId: string }
  /** Offer the task to workers. */
  | { readonly kind: 'offer'; readonly taskId: string; readonly priority: number }
  /** The task is done: its results count. */
  | { readonly kind: 'finish'; readonly taskId: string }
  /** Drop what was staged for a lease that will not complete. */
  | { readonly kind: 'discard'; readonly lease: LeaseKey }
  | { readonly kind: 'fail-run'; readonly taskId: string; readonly failure: Failure };

export interface LedgerTask {
  readonly id: string;
  readonly needs: readonly string[];
  readonly priority: number;
}

type State =
  /** Needs that are not known yet. */
  | { readonly kind: 'waiting'; readonly missing: Set<string> }
  /** Being bound and looked up in the cache. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'queued' }
  | { readonly kind: 'running'; readonly lease: LeaseKey; readonly workerId: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: Failure };

interface Entry {
  readonly task: LedgerTask;
  attempts: number;
  failures: number;
  state: State;
}

/** Failed attempts after which a task fails its run. */
export const MAX_FAILURES = 3;

/**
 * The state of every task, as a deterministic machine: events in, commands out; no clock, no randomness,
 * no I/O. The ledger alone counts attempts. An event that does not fit the state (a late result, a
 * second completion) changes nothing and returns no command.
 */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #waitingFor = new Map<string, string[]>();
  #unfinished: number;

  constructor(tasks: readonly LedgerTask[]) {
    for (const task of tasks) {
      this.#entries.set(task.id, {
        task,
        attempts: 0,
        failures: 0,
        state: { kind: 'waiting', missing: new Set(task.needs) },
      });
      for (const need of task.needs)
        this.#waitingFor.set(need, [...(this.#waitingFor.get(need) ?? []), task.id]);
    }
    this.#unfinished = this.#entries.size;
  }

  /** Commands that start the run: tasks that wait for nothing. */
  start(): LedgerCommand[] {
    return [...this.#entries.values()].flatMap((entry) => this.#prepareIfReady(entry));
  }

  get isDrained(): boolean {
    return this.#unfinished === 0;
  }

  /** Whether a lease is the present one of its task: only then do its messages count. */
  isCurrent(lease: LeaseKey): boolean {
    return this.#running(lease) !== undefined;
  }

  counts(): Readonly<Record<State['kind'], number>> {
    const counts = { waiting: 0, ready: 0, queued: 0, running: 0, done: 0, failed: 0 };
    for (const { state } of this.#entries.values()) counts[state.kind]++;
    return counts;
  }

  apply(event: LedgerEvent): LedgerCommand[] {
    switch (event.kind) {
      case 'satisfied':
        return this.#satisfy(event.need);
      case 'prepared':
        return this.#prepared(event.taskId, event.isReused);
      case 'leased':
        return this.#lease(event);
      case 'completed':
        return this.#complete(event.lease);
      case 'failed':
        return this.#fail(event.lease, event.failure);
      case 'released':
        return this.#handBack(event.lease);
      case 'worker-lost':
        return this.#workerLost(event.workerId);
    }
  }

  /** The lease that `leased` gave, for the worker; undefined when the task was not queued any more. */
  leaseOf(taskId: string): LeaseKey | undefined {
    const state = this.#entries.get(taskId)?.state;
    return state?.kind === 'running' ? state.lease : undefined;
  }

  #satisfy(need: string): LedgerCommand[] {
    const waiting = this.#waitingFor.get(need) ?? [];
    this.#waitingFor.delete(need);
    return waiting.flatMap((taskId) => {
      const entry = this.#entries.get(taskId);
      if (entry?.state.kind !== 'waiting') return [];
      entry.state.missing.delete(need);
      return this.#prepareIfReady(entry);
    });
  }

  #prepareIfReady(entry: Entry): LedgerCommand[] {
    if (entry.state.kind !== 'waiting' || entry.state.missing.size > 0) return [];
    entry.state = { kind: 'ready' };
    return [{ kind: 'prepare', taskId: entry.task.id }];
  }

  #prepared(taskId: string, isReused: boolean): LedgerCommand[] {
    const entry = this.#entries.get(taskId);
    if (entry?.state.kind !== 'ready') return [];
    return isReused ? this.#finish(entry) : this.#offer(entry);
  }

  #offer(entry: Entry): LedgerCommand[] {
    entry.state = { kind: 'queued' };
    return [{ kind: 'offer', taskId: entry.task.id, priority: entry.task.priority }];
  }

  #finish(entry: Entry): LedgerCommand[] {
    entry.state = { kind: 'done' };
    this.#unfinished--;
    return [{ kind: 'finish', taskId: entry.task.id }];
  }

  #lease({ taskId, workerId, token }: LedgerEvent & { kind: 'leased' }): LedgerCommand[] {
    const entry = this.#entries.get(taskId);
    if (entry?.state.kind !== 'queued') return [];
    entry.attempts++;
    entry.state = { kind: 'running', workerId, lease: { taskId, attempt: entry.attempts, token } };
    return [];
  }

  #complete(lease: LeaseKey): LedgerCommand[] {
    const entry = this.#running(lease);
    return entry === undefined ? [] : this.#finish(entry);
  }

  #fail(lease: LeaseKey, failure: Failure): LedgerCommand[] {
    const entry = this.#running(lease);
    if (entry === undefined) return [];
    const discard = { kind: 'discard', lease } as const;
    entry.failures++;
    if (failure.isRetryable && entry.failures < MAX_FAILURES) return [discard, ...this.#offer(entry)];
    entry.state = { kind: 'failed', failure };
    return [discard, { kind: 'fail-run', taskId: lease.taskId, failure }];
  }

  #handBack(lease: LeaseKey): LedgerCommand[] {
    const entry = this.#running(lease);
    if (entry === undefined) return [];
    return [{ kind: 'discard', lease }, ...this.#offer(entry)];
  }

  #workerLost(workerId: string): LedgerCommand[] {
    const failure: Failure = {
      code: 'unavailable',
      message: `worker ${workerId} was lost`,
      isRetryable: true,
    };
    return [...this.#entries.values()].flatMap(({ state }) =>
      state.kind === 'running' && state.workerId === workerId ? this.#fail(state.lease, failure) : [],
    );
  }

  #running({ taskId, attempt, token }: LeaseKey): Entry | undefined {
    const entry = this.#entries.get(taskId);
    if (entry?.state.kind !== 'running') return undefined;
    const { lease } = entry.state;
    return lease.attempt === attempt && lease.token === token ? entry : undefined;
  }
}
