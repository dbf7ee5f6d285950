import { OodError } from '@oodgrid/contract';

/** The ledger's data about a task; a task's number is its index in the run's list. */
export interface LedgerTask {
  /** Facts that must be known before it can start. */
  readonly needs: readonly string[];
  /** Higher first, within its run. */
  readonly priority: number;
  /** Tasks of one kind are expected to take about as long as each other. */
  readonly kind: 'fit' | 'sweep' | 'score';
}

export const TASK_STATES = [
  'waiting',
  'ready',
  'queued',
  'running',
  'done',
  'failed',
  'quarantined',
  'cancelled',
] as const;
export type TaskState = (typeof TASK_STATES)[number];
export type TaskCounts = Readonly<Record<TaskState, number>>;

const CODE = Object.fromEntries(TASK_STATES.map((state, code) => [state, code])) as Record<TaskState, number>;
const KINDS = ['fit', 'sweep', 'score'] as const;

/**
 * The tasks of one run as columns: about 25 bytes a task, so that a million of them fit in memory and copy
 * into a snapshot as they are.
 */
export class TaskTable {
  readonly size: number;
  readonly #state: Uint8Array;
  readonly #kind: Uint8Array;
  readonly #priority: Uint8Array;
  readonly #missing: Uint32Array;
  readonly #attempts: Uint32Array;
  readonly #failures: Uint16Array;
  readonly #losses: Uint16Array;
  readonly #counts = new Uint32Array(TASK_STATES.length);
  readonly #dependents = new Map<string, number[]>();

  constructor(tasks: readonly LedgerTask[]) {
    this.size = tasks.length;
    this.#state = new Uint8Array(tasks.length);
    this.#kind = new Uint8Array(tasks.length);
    this.#priority = new Uint8Array(tasks.length);
    this.#missing = new Uint32Array(tasks.length);
    this.#attempts = new Uint32Array(tasks.length);
    this.#failures = new Uint16Array(tasks.length);
    this.#losses = new Uint16Array(tasks.length);
    for (const [i, { needs, priority, kind }] of tasks.entries()) {
      this.#kind[i] = KINDS.indexOf(kind);
      this.#priority[i] = checked(priority, UINT8, 'priority', i);
      this.#missing[i] = checked(needs.length, UINT32, 'needs', i);
      for (const need of needs) {
        const known = this.#dependents.get(need);
        if (known === undefined) this.#dependents.set(need, [i]);
        else known.push(i);
      }
    }
    this.#counts[CODE.waiting] = tasks.length;
  }

  state(task: number): TaskState {
    return TASK_STATES[this.#state[task] ?? noTask(task)] ?? noTask(task);
  }

  is(task: number, state: TaskState): boolean {
    return this.#state[task] === CODE[state];
  }

  setState(task: number, state: TaskState): void {
    const before = this.#state[task] ?? noTask(task);
    this.#counts[before] = (this.#counts[before] ?? noTask(before)) - 1;
    this.#state[task] = CODE[state];
    this.#counts[CODE[state]] = (this.#counts[CODE[state]] ?? noTask(CODE[state])) + 1;
  }

  kind(task: number): LedgerTask['kind'] {
    return KINDS[this.#kind[task] ?? noTask(task)] ?? noTask(task);
  }

  priority(task: number): number {
    return this.#priority[task] ?? noTask(task);
  }

  /** Executions handed out so far. */
  attempts(task: number): number {
    return this.#attempts[task] ?? noTask(task);
  }

  /** Attempts that ended with an error of the task's own. */
  failures(task: number): number {
    return this.#failures[task] ?? noTask(task);
  }

  /** Attempts that were lost with their worker, or handed back because of the task. */
  losses(task: number): number {
    return this.#losses[task] ?? noTask(task);
  }

  setAttempts(task: number, count: number): void {
    this.#attempts[task] = checked(count, UINT32, 'attempts', task);
  }

  setFailures(task: number, count: number): void {
    this.#failures[task] = checked(count, UINT16, 'failures', task);
  }

  setLosses(task: number, count: number): void {
    this.#losses[task] = checked(count, UINT16, 'losses', task);
  }

  isFree(task: number): boolean {
    return this.#missing[task] === 0;
  }

  count(state: TaskState): number {
    return this.#counts[CODE[state]] ?? noTask(CODE[state]);
  }

  counts(): TaskCounts {
    return Object.fromEntries(TASK_STATES.map((state) => [state, this.count(state)])) as Record<
      TaskState,
      number
    >;
  }

  /** Notes a fact and returns the waiting tasks that now have all that they need. A fact counts once. */
  satisfy(need: string): readonly number[] {
    const dependents = this.#dependents.get(need) ?? [];
    this.#dependents.delete(need);
    return dependents.filter((task) => {
      const left = (this.#missing[task] ?? noTask(task)) - 1;
      this.#missing[task] = left;
      return left === 0 && this.is(task, 'waiting');
    });
  }
}

/** Beyond its end a column would have a silent 0: throws `internal` for a task that the run does not have, or a state that is none. */
function noTask(place: number): never {
  throw new OodError('internal', `a run has no task ${place}`);
}

const UINT8 = 2 ** 8 - 1;
const UINT16 = 2 ** 16 - 1;
const UINT32 = 2 ** 32 - 1;

/** A typed array would keep the low bits of what it cannot hold: throws `internal` instead. */
function checked(value: number, max: number, what: string, task: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new OodError('internal', `task ${task}: ${what} is ${value}, not an integer from 0 to ${max}`);
}
