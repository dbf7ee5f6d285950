import type { Ledger } from '../ledger/ledger.js';
import type { RunState } from './run-state.js';
import type { WorkerConnections } from './worker-connections.js';

export interface TooLargeTasksOptions {
  readonly ledger: Pick<Ledger, 'hold' | 'release' | 'run'>;
  readonly workers: Pick<WorkerConnections, 'pools'>;
}

/**
 * Tasks that need more memory than any worker of their class has. They are handed to nobody, so that they keep no place in the
 * queue that others could use, until a worker comes that is large enough. Not durable: found again after a restart.
 */
export class TooLargeTasks {
  readonly #options: TooLargeTasksOptions;
  /** Bytes that each such task needs, by run and task. */
  readonly #held = new Map<string, Map<number, number>>();

  constructor(options: TooLargeTasksOptions) {
    this.#options = options;
  }

  /** Whether no worker of the run's class could ever take a task that could be handed out. It is kept back then. */
  holdsBack(run: RunState, task: number): boolean {
    const { ledger, workers } = this.#options;
    const needed = run.workload.memoryBytes(task);
    if (needed <= (workers.pools.get(run.pool)?.memoryBytes ?? Number.POSITIVE_INFINITY)) return false;
    const tasks = ledger.run(run.id)?.tasks;
    // The second copy of a task that runs is not worth waiting for.
    if (tasks?.is(task, 'ready') !== true && tasks?.is(task, 'queued') !== true) return false;
    ledger.hold(run.id, task);
    const known = this.#held.get(run.id);
    if (known === undefined) this.#held.set(run.id, new Map([[task, needed]]));
    else known.set(task, needed);
    return true;
  }

  /** A worker came: what the largest of its class can do now goes on. */
  workerCame(): void {
    const { ledger, workers } = this.#options;
    for (const [id, tasks] of this.#held) {
      const run = ledger.run(id);
      const largest = run === undefined ? undefined : workers.pools.get(run.pool)?.memoryBytes;
      for (const [task, needed] of tasks) {
        const isHeld = run?.held.has(task) === true;
        if (isHeld && needed > (largest ?? 0)) continue;
        tasks.delete(task);
        if (isHeld) ledger.release(id, task);
      }
      if (tasks.size === 0) this.#held.delete(id);
    }
  }

  countOf(run: RunState): number {
    return this.#tasksOf(run).length;
  }

  /** Describes the run's tasks for which no worker is large enough, and the remedy; empty when there are none. */
  waitsFor(run: RunState): string {
    const tasks = this.#tasksOf(run);
    const [first] = tasks;
    if (first === undefined) return '';
    const others = tasks.length > 1 ? ` and ${tasks.length - 1} more need` : ' needs';
    const largest = this.#options.workers.pools.get(run.pool)?.memoryBytes ?? 0;
    const needed = tasks.reduce((most, [, bytes]) => Math.max(most, bytes), 0);
    return `task ${run.workload.title(first[0])}${others} ${gib(needed)} of memory, and no worker of its class ${run.pool} has more than ${gib(largest)}: start one with more --memory`;
  }

  /** With what each needs. */
  #tasksOf(run: RunState): readonly (readonly [number, number])[] {
    const held = this.#options.ledger.run(run.id)?.held;
    return [...(this.#held.get(run.id) ?? [])].filter(([task]) => held?.has(task) === true);
  }
}

/** Rounded up where it is little, so that what is too much never looks like enough. */
const gib = (bytes: number): string => `${Math.ceil((100 * bytes) / 1024 ** 3) / 100} GiB`;
