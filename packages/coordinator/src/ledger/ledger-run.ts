import type { LeaseRef } from '@oodgrid/transport';
import { NOWHERE } from './indexed-heap.js';
import type { FailedAs, Failure, Lease, LedgerEvent, Offer, TaskHistory } from './ledger-events.js';
import { ReadyTasks } from './ready-tasks.js';
import { type LedgerTask, TaskTable } from './task-table.js';

/** A task that waits out its back-off. */
export interface Delayed {
  readonly run: LedgerRun;
  readonly task: number;
  readonly until: number;
  place: number;
}

type TaskRecord = ({ readonly kind: 'history' } & TaskHistory) | Extract<LedgerEvent, { kind: 'leased' }>;

export interface RunOptions {
  readonly id: string;
  /** Only workers of this pool get its tasks. */
  readonly pool: string;
  /** Runs with a higher priority go first; equals share. */
  readonly priority: number;
  readonly tasks: readonly LedgerTask[];
}

/** One run's part of the ledger's state. */
export class LedgerRun {
  readonly id: string;
  readonly pool: string;
  readonly priority: number;
  /** Order of submission: the last tie-break. */
  readonly sequence: number;
  /** Among the runs of its pool. */
  place = NOWHERE;
  readonly tasks: TaskTable;
  /** Live leases by task: one, or two where a straggler runs a second time. */
  readonly leases = new Map<number, Lease[]>();
  /** Offers that the queue holds: when they were published, and whether it is the second copy of a running task. */
  readonly offered = new Map<number, { at: number; readonly isSecond: boolean }>();
  readonly delayed = new Map<number, Delayed>();
  readonly lastFailure = new Map<number, Failure>();
  /** Workers that failed a task that is not done yet, and how. */
  readonly failedOn = new Map<number, Map<string, FailedAs>>();
  /** Ready tasks that read a blob which is not there. */
  readonly held = new Set<number>();
  isPaused = false;
  isCancelled = false;
  readonly #ready: ReadyTasks;
  readonly #epochs = new Map<number, number>();
  readonly #groups: Readonly<Record<LedgerTask['kind'], string>>;

  constructor({ id, pool, priority, tasks }: RunOptions, sequence: number) {
    this.id = id;
    this.pool = pool;
    this.priority = priority;
    this.sequence = sequence;
    this.tasks = new TaskTable(tasks);
    this.#groups = { fit: `${pool}/fit`, sweep: `${pool}/sweep`, score: `${pool}/score` };
    this.#ready = new ReadyTasks(tasks.length, (a, b) => {
      const byPriority = this.tasks.priority(a) - this.tasks.priority(b);
      return byPriority === 0 ? a < b : byPriority > 0;
    });
  }

  /** Tasks that hold a place of a worker or of the queue: what fair share is measured by. */
  get inFlight(): number {
    return this.tasks.count('queued') + this.tasks.count('running');
  }

  get canOffer(): boolean {
    return !this.isPaused && !this.isCancelled && this.#ready.size > 0;
  }

  /** Whether nothing of it can go on by itself. */
  get isIdle(): boolean {
    return this.inFlight === 0 && this.tasks.count('ready') === 0;
  }

  /** Name of the group of tasks that are expected to take about as long: those of one pool and kind. */
  group(task: number): string {
    return this.#groups[this.tasks.kind(task)];
  }

  /** The live lease that a message speaks for; undefined when it is another's by now, or over. */
  lease({ task, attempt, token }: LeaseRef): Lease | undefined {
    return this.leases.get(task)?.find((lease) => lease.token === token && lease.attempt === attempt);
  }

  makeReady(task: number): void {
    this.tasks.setState(task, 'ready');
    this.held.delete(task);
    this.#ready.add(task);
  }

  /** Ready, but handed to nobody until `makeReady`. */
  hold(task: number): void {
    this.tasks.setState(task, 'ready');
    this.#ready.remove(task);
    this.offered.delete(task);
    this.delayed.delete(task);
    this.held.add(task);
  }

  noteFailedOn(task: number, worker: string, as: FailedAs): void {
    const known = this.failedOn.get(task);
    if (known === undefined) this.failedOn.set(task, new Map([[worker, as]]));
    else if (as !== 'handed-back' || !known.has(worker)) known.set(worker, as);
  }

  /** Ready, but not before its back-off is over. */
  delay(task: number, until: number): Delayed {
    this.tasks.setState(task, 'ready');
    const delayed = { run: this, task, until, place: NOWHERE };
    this.delayed.set(task, delayed);
    return delayed;
  }

  endDelay(task: number): void {
    this.delayed.delete(task);
    this.#ready.add(task);
  }

  peekReady(): number | undefined {
    return this.#ready.peek();
  }

  /** The most urgent ready tasks, `limit` at most. */
  firstReady(limit: number): readonly number[] {
    return this.#ready.first(limit);
  }

  removeReady(task: number): void {
    this.#ready.remove(task);
  }

  /** Publishes a task, once more if it was before. */
  offer(task: number, now: number, isSecond: boolean): Offer {
    this.#ready.remove(task);
    if (!isSecond) this.tasks.setState(task, 'queued');
    this.offered.set(task, { at: now, isSecond });
    const epoch = (this.#epochs.get(task) ?? 0) + 1;
    this.#epochs.set(task, epoch);
    const attempt = this.tasks.attempts(task) + 1;
    return { run: this.id, task, attempt, epoch };
  }

  /** Takes every offer back: what the queue still holds of them will be refused. */
  retract(): void {
    for (const [task, { isSecond }] of this.offered) if (!isSecond) this.makeReady(task);
    this.offered.clear();
  }

  /** The tasks that are not done, as a snapshot keeps them. */
  *history(): Generator<TaskRecord> {
    for (let task = 0; task < this.tasks.size; task++) {
      const attempts = this.tasks.attempts(task);
      if (attempts === 0 || this.tasks.is(task, 'done')) continue;
      const state = this.tasks.is(task, 'failed')
        ? 'failed'
        : this.tasks.is(task, 'quarantined')
          ? 'quarantined'
          : null;
      yield {
        kind: 'history',
        run: this.id,
        task,
        attempts,
        failures: this.tasks.failures(task),
        losses: this.tasks.losses(task),
        state,
        lastFailure: this.lastFailure.get(task) ?? null,
        failedOn: [...(this.failedOn.get(task) ?? [])],
      };
      for (const { attempt, token, worker } of this.leases.get(task) ?? []) {
        yield { kind: 'leased', run: this.id, task, attempt, token, worker };
      }
    }
  }

  /** Ends a task for good. */
  close(task: number, state: 'done' | 'failed' | 'quarantined' | 'cancelled'): void {
    this.#ready.remove(task);
    this.offered.delete(task);
    this.delayed.delete(task);
    this.held.delete(task);
    this.#epochs.delete(task);
    if (state === 'done') this.failedOn.delete(task);
    this.tasks.setState(task, state);
  }
}
