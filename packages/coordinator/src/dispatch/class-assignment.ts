import { OodError } from '@oodgrid/contract';
import type { BatchBuilder } from './batch.js';
import type { Counters } from './counters.js';
import { planProblem } from './former-plan.js';
import type { JournaledLedger } from './journaled-ledger.js';
import type { RunProgress } from './run-progress.js';
import type { RunRegistry } from './run-registry.js';
import type { WorkerConnections } from './worker-connections.js';

export interface ClassAssignmentOptions {
  readonly registry: Pick<RunRegistry, 'get' | 'unpinned' | 'pin' | 'move' | 'end'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly progress: Pick<RunProgress, 'advance'>;
  readonly workers: Pick<WorkerConnections, 'pools'>;
  readonly batch: Pick<BatchBuilder, 'emit'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly wallClock: () => Date;
  /** Milliseconds for which the first worker of an empty cluster waits for others before a class is chosen. */
  readonly gatherMs: number;
}

/**
 * Pins each run to a numerics class: the one that its user asked for, or the one with the most places among the workers
 * that are connected. The first worker of an empty cluster does not decide alone: the others that are about to come
 * have `gatherMs` for it.
 */
export class ClassAssignment {
  readonly #options: ClassAssignmentOptions;
  /** Time at which the first of the present workers connected; undefined while there is none. */
  #openSince: number | undefined;

  constructor(options: ClassAssignmentOptions) {
    this.#options = options;
  }

  /** Pins every run that has no class and can have one now. */
  pinWaiting(now: number): void {
    const { registry, progress, workers, wallClock, gatherMs } = this.#options;
    const { pools } = workers;
    if (pools.size === 0) this.#openSince = undefined;
    else this.#openSince ??= now;
    if (this.#openSince === undefined) return;
    const largest = now - this.#openSince >= gatherMs ? this.#largest() : undefined;
    for (const run of registry.unpinned) {
      const pool = run.submitted.pool ?? largest;
      const engine = pool === undefined ? undefined : pools.get(pool)?.engine;
      if (pool === undefined || engine === undefined) continue;
      const problem = planProblem(run);
      if (problem !== null) {
        registry.end(run, 'failed', null, problem);
        continue;
      }
      registry.pin(run, { pool, engine, at: wallClock().toISOString() });
      progress.advance(run);
    }
  }

  /**
   * Starts a run anew in another class. Nothing that the former class computed for it counts: their bits differ. One that
   * failed runs again. Throws `not-found`, or `invalid-input` for a run that is done or cancelled.
   */
  move(id: string, pool: string, now: number): void {
    const { registry, journal, batch, counters } = this.#options;
    const run = registry.get(id);
    if (run.ended !== null && run.ended.status !== 'failed') {
      throw new OodError('invalid-input', `run "${id}" is over: ${run.ended.status}`);
    }
    const present = run.pin?.pool ?? run.submitted.pool;
    if (run.ended === null && present === pool) return;
    // Its leases end, and their workers are told.
    if (run.pin !== null) journal.apply({ kind: 'cancelled', run: id }, now);
    registry.move(run, pool);
    counters.add('runs_moved');
    batch.emit(id, { kind: 'moved', numericsClass: pool });
    this.pinWaiting(now);
  }

  /** Ties go by name: the same workers give the same class. */
  #largest(): string | undefined {
    const pools = [...this.#options.workers.pools].filter(([, { slots }]) => slots > 0);
    pools.sort(([a, one], [b, other]) => other.slots - one.slots || (a < b ? -1 : 1));
    return pools[0]?.[0];
  }
}
