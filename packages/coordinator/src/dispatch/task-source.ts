import type { Ledger } from '../ledger/ledger.js';
import type { ReadyTask } from '../ledger/pool-index.js';
import type { BlobRecovery } from './blob-recovery.js';
import type { RunProgress } from './run-progress.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';
import type { TooLargeTasks } from './too-large-tasks.js';

export interface TaskSourceOptions {
  readonly ledger: Pick<Ledger, 'pools'>;
  readonly registry: Pick<RunRegistry, 'get'>;
  readonly progress: Pick<RunProgress, 'reuse'>;
  readonly blobs: Pick<BlobRecovery, 'holdsBack'>;
  readonly tooLarge: Pick<TooLargeTasks, 'holdsBack'>;
}

/** A ready task that nobody has yet. */
export interface NextTask {
  readonly run: RunState;
  readonly task: number;
}

/** Results looked up in the cache in one turn: reading and checking them takes the store some ten microseconds each. */
const LOOKUPS_PER_TURN = 1024;
/** Tasks that are looked at for a worker which may not have the one that is next, and of one run. */
const OTHERS = 64;
const OTHERS_PER_RUN = 8;

/**
 * Which task a pool should compute next, by priority, fair share and order of submission. On the way, tasks whose results
 * are in the cache become done, and those that wait for a blob or for a larger worker are kept back.
 */
export class TaskSource {
  readonly #options: TaskSourceOptions;
  #lookups = 0;
  #isExhausted = false;

  constructor(options: TaskSourceOptions) {
    this.#options = options;
  }

  /** A turn begins: the cache may be asked again. */
  startTurn(): void {
    this.#lookups = 0;
    this.#isExhausted = false;
  }

  /** Whether `next` gave up because there is more to look up in the cache than one turn should. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** The task that is next; it stays ready until it is leased or offered. Undefined when there is none, or none yet. */
  next(pool: string, now: number): NextTask | undefined {
    const { pools } = this.#options.ledger;
    for (let next = pools.peekNext(pool); next !== undefined; next = pools.peekNext(pool)) {
      const found = this.#look(next, now);
      if (this.#isExhausted) return undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The tasks behind the one that is next, a few of each run: for a worker that may not have that one. */
  *others(pool: string, now: number): Generator<NextTask> {
    for (const ready of this.#options.ledger.pools.firstReady(pool, OTHERS_PER_RUN, OTHERS)) {
      const found = this.#look(ready, now);
      if (this.#isExhausted) return;
      if (found !== undefined) yield found;
    }
  }

  /** Undefined when it becomes done or is kept back; and when the turn is over, which `isExhausted` tells. */
  #look(ready: ReadyTask, now: number): NextTask | undefined {
    const { registry, progress, blobs, tooLarge } = this.#options;
    const { task } = ready;
    const run = registry.get(ready.run);
    if (run.submitted.isCacheUsed) {
      const wanted = run.bind(task).units.length;
      if (this.#lookups > 0 && this.#lookups + wanted > LOOKUPS_PER_TURN) {
        this.#isExhausted = true;
        return undefined;
      }
      this.#lookups += wanted;
      if (progress.reuse(run, task, now)) return undefined;
    }
    return tooLarge.holdsBack(run, task) || blobs.holdsBack(run, task, now) ? undefined : { run, task };
  }
}
