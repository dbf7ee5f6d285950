import { IndexedHeap } from './indexed-heap.js';
import type { Offer } from './ledger-events.js';
import type { LedgerRun } from './ledger-run.js';

interface Pool {
  /** Those that have something to offer, in the order in which they are served. */
  readonly served: IndexedHeap<LedgerRun>;
  readonly runs: Set<LedgerRun>;
  /** Messages that its queue may still hold and whose tasks are not on offer through them. */
  strays: number;
}

export interface ReadyTask {
  readonly run: string;
  readonly task: number;
}

/** The runs of each pool: whose task is next, what is on offer, and what the pool's queue holds beside that. */
export class PoolIndex {
  readonly #pools = new Map<string, Pool>();

  get names(): Iterable<string> {
    return this.#pools.keys();
  }

  /** Notes what a run has to offer now. */
  touch(run: LedgerRun): void {
    const { served, runs } = this.#of(run.pool);
    runs.add(run);
    if (run.canOffer) served.set(run);
    else served.remove(run);
  }

  remove(run: LedgerRun): void {
    const { served, runs } = this.#of(run.pool);
    served.remove(run);
    runs.delete(run);
  }

  /** The task of the pool that should be served next, without offering it; undefined when none is ready. */
  peekNext(pool: string): ReadyTask | undefined {
    const run = this.#pools.get(pool)?.served.peek();
    const task = run?.canOffer === true ? run.peekReady() : undefined;
    return run === undefined || task === undefined ? undefined : { run: run.id, task };
  }

  /**
   * Ready tasks of the pool in the order in which they should be served, `perRun` of each run and `limit` in all at most. For whoever the
   * next one does not suit: it takes as long as the pool has runs.
   */
  firstReady(pool: string, perRun: number, limit: number): readonly ReadyTask[] {
    const found: ReadyTask[] = [];
    for (const run of [...this.#runsOf(pool)].filter(({ canOffer }) => canOffer).sort(servingOrder)) {
      for (const task of run.firstReady(Math.min(perRun, limit - found.length))) {
        found.push({ run: run.id, task });
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  /** Tasks of a pool that are published and not leased. */
  offeredIn(pool: string): number {
    let sum = 0;
    for (const run of this.#runsOf(pool)) sum += run.offered.size;
    return sum;
  }

  /** Whether an offer of the pool was published before some moment, and nobody leased it yet. */
  hasOfferBefore(pool: string, moment: number): boolean {
    for (const { offered } of this.#runsOf(pool)) {
      // They are in the order of their publication.
      const [first] = offered.values();
      if (first !== undefined && first.at <= moment) return true;
    }
    return false;
  }

  /** Every offer of the pool once more, for a queue that has none of them. */
  offerAgain(pool: string, now: number): Offer[] {
    const offers: Offer[] = [];
    for (const run of this.#runsOf(pool)) {
      for (const [task, { isSecond }] of [...run.offered]) {
        run.offered.delete(task);
        offers.push(run.offer(task, now, isSecond));
      }
    }
    return offers;
  }

  /** Takes back what is on offer in a pool; its tasks are ready again. */
  retract(pool: string): void {
    for (const run of this.#runsOf(pool)) {
      run.retract();
      this.touch(run);
    }
  }

  straysIn(pool: string): number {
    return this.#pools.get(pool)?.strays ?? 0;
  }

  /** Notes strays that came about, or (negative) that came to their end. */
  addStrays(pool: string, count: number): void {
    const known = this.#of(pool);
    known.strays = Math.max(0, known.strays + count);
  }

  /** The queue of a pool (null: of all) was emptied. */
  forgetStrays(pool: string | null): void {
    for (const [name, known] of this.#pools) if (pool === null || pool === name) known.strays = 0;
  }

  #runsOf(pool: string): Iterable<LedgerRun> {
    return this.#pools.get(pool)?.runs ?? [];
  }

  #of(pool: string): Pool {
    const known = this.#pools.get(pool) ?? {
      served: new IndexedHeap<LedgerRun>(isServedBefore),
      runs: new Set<LedgerRun>(),
      strays: 0,
    };
    this.#pools.set(pool, known);
    return known;
  }
}

/** Priority first; among equals the run that holds the fewest places; then the order of submission. */
function isServedBefore(a: LedgerRun, b: LedgerRun): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.inFlight !== b.inFlight) return a.inFlight < b.inFlight;
  return a.sequence < b.sequence;
}

const servingOrder = (a: LedgerRun, b: LedgerRun): number =>
  isServedBefore(a, b) ? -1 : isServedBefore(b, a) ? 1 : 0;
