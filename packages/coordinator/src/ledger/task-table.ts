/** What the ledger needs to know of a task; its place in the run's list is its number. */
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
 * The tasks of one run as columns: about 20 bytes a task, so that a million of them fit in memory and copy
 * into a snapshot as they are.
 */
export class TaskTable {
  readonly size: number;
  readonly #state: Uint8Array;
  readonly #kind: Uint8Array;
  readonly #priority: Uint8Array;
  readonly #missing: Uint16Array;
  /** Executions handed out so far. */
  readonly attempts: Uint16Array;
  /** Attempts that ended with an error of the task's own. */
  readonly failures: Uint8Array;
  /** Attempts that were lost with their worker. */
  readonly losses: Uint8Array;
  readonly #counts = new Uint32Array(TASK_STATES.length);
  readonly #dependents = new Map<string, number[]>();

  constructor(tasks: readonly LedgerTask[]) {
    this.size = tasks.length;
    this.#state = new Uint8Array(tasks.length);
    this.#kind = new Uint8Array(tasks.length);
    this.#priority = new Uint8Array(tasks.length);
    this.#missing = new Uint16Array(tasks.length);
    this.attempts = new Uint16Array(tasks.length);
    this.failures = new Uint8Array(tasks.length);
    this.losses = new Uint8Array(tasks.length);
    for (const [i, { needs, priority, kind }] of tasks.entries()) {
      this.#kind[i] = KINDS.indexOf(kind);
      this.#priority[i] = priority;
      this.#missing[i] = needs.length;
      for (const need of needs) {
        const known = this.#dependents.get(need);
        if (known === undefined) this.#dependents.set(need, [i]);
        else known.push(i);
      }
    }
    this.#counts[CODE.waiting] = tasks.length;
  }

  state(task: number): TaskState {
    return TASK_STATES[this.#state[task] ?? 0] ?? 'waiting';
  }

  is(task: number, state: TaskState): boolean {
    return this.#state[task] === CODE[state];
  }

  setState(task: number, state: TaskState): void {
    const before = this.#state[task] ?? 0;
    this.#counts[before] = (this.#counts[before] ?? 0) - 1;
    this.#state[task] = CODE[state];
    this.#counts[CODE[state]] = (this.#counts[CODE[state]] ?? 0) + 1;
  }

  kind(task: number): LedgerTask['kind'] {
    return KINDS[this.#kind[task] ?? 0] ?? 'score';
  }

  priority(task: number): number {
    return this.#priority[task] ?? 0;
  }

  isFree(task: number): boolean {
    return this.#missing[task] === 0;
  }

  count(state: TaskState): number {
    return this.#counts[CODE[state]] ?? 0;
  }

  counts(): TaskCounts {
    return Object.fromEntries(TASK_STATES.map((state) => [state, this.count(state)])) as Record<
      TaskState,
      number
    >;
  }

  /** Notes a fact and gives the waiting tasks that miss nothing any more. A fact counts once. */
  satisfy(need: string): readonly number[] {
    const dependents = this.#dependents.get(need) ?? [];
    this.#dependents.delete(need);
    return dependents.filter((task) => {
      const left = (this.#missing[task] ?? 1) - 1;
      this.#missing[task] = left;
      return left === 0 && this.is(task, 'waiting');
    });
  }
}
