import { OodError } from '@oodgrid/protocol';
import { planProblem } from './former-plan.js';
import type { RunKeeper } from './run-keeper.js';

/**
 * Which numerics class computes a run: the one that its user asked for, or the one with the most places among the workers
 * that are there. The first worker of an empty cluster does not decide alone: the others that are about to come
 * have `gatherMs` for it.
 */
export class ClassDesk {
  readonly #keeper: RunKeeper;
  readonly #gatherMs: number;
  /** Since when somebody is there. */
  #openSince: number | undefined;

  constructor(keeper: RunKeeper, gatherMs: number) {
    this.#keeper = keeper;
    this.#gatherMs = gatherMs;
  }

  /** Gives every run a class that waits for one and can have it now. */
  bindWaiting(now: number): void {
    const { workers, waiting } = this.#keeper;
    if (workers.pools.size === 0) this.#openSince = undefined;
    else this.#openSince ??= now;
    if (this.#openSince === undefined) return;
    const largest = now - this.#openSince >= this.#gatherMs ? this.#largest() : undefined;
    for (const run of [...waiting]) {
      const pool = run.submitted.pool ?? largest;
      const engine = pool === undefined ? undefined : workers.pools.get(pool)?.engine;
      if (pool === undefined || engine === undefined) continue;
      const problem = planProblem(run);
      if (problem !== null) {
        this.#keeper.end(run, 'failed', null, problem);
        continue;
      }
      const plan = run.workload.planIdentity;
      const bound = { pool, engine, at: this.#keeper.wallClock().toISOString(), plan };
      this.#keeper.batch.record({ kind: 'bound', run: run.id, ...bound });
      this.#keeper.bind(run, bound);
      this.#keeper.advance(run);
    }
  }

  /**
   * Starts a run anew in another class. Nothing that the former class computed for it counts: their bits differ. One that
   * failed runs again. Throws for a run that is done or cancelled.
   */
  move(id: string, pool: string, now: number): void {
    const run = this.#keeper.get(id);
    if (run.ended !== null && run.ended.status !== 'failed') {
      throw new OodError('invalid-input', `run "${id}" is over: ${run.ended.status}`);
    }
    const present = run.bound?.pool ?? run.submitted.pool;
    if (run.ended === null && present === pool) return;
    // Its leases end, and their workers are told.
    if (run.bound !== null) this.#keeper.apply({ kind: 'cancelled', run: id }, now);
    this.#keeper.batch.record({ kind: 'moved', run: id, pool });
    this.#keeper.noteMoved(run, pool);
    this.#keeper.counters.add('runs_moved');
    this.#keeper.emit(id, { kind: 'moved', numericsClass: pool });
    this.bindWaiting(now);
  }

  /** Ties go by name: the same workers give the same class. */
  #largest(): string | undefined {
    const pools = [...this.#keeper.workers.pools].filter(([, { slots }]) => slots > 0);
    pools.sort(([a, one], [b, other]) => other.slots - one.slots || (a < b ? -1 : 1));
    return pools[0]?.[0];
  }
}
