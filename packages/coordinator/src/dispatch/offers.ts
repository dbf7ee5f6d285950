import { bundleLimit, type QueueMessage, type TaskPublisher } from '@oodgrid/transport';
import type { Offer } from '../ledger/ledger-events.js';
import type { BlobDesk } from './blob-desk.js';
import type { RunKeeper } from './run-keeper.js';

/** Published tasks per place of a worker: enough that none waits for the coordinator. */
const WINDOW_PER_SLOT = 4;
/** Results looked up in the cache in one turn: reading and checking them takes the store some ten microseconds each. */
const LOOKUPS_PER_TURN = 1024;

export interface OffersOptions {
  readonly blobs: BlobDesk;
  readonly publisher: TaskPublisher;
  /** Start of the message ids of this process. */
  readonly boot: string;
  /** An offer that nobody takes for so long, while a place is free, was lost. */
  readonly republishMs: number;
}

/**
 * What the queue is given: never more than workers can soon take, so that priority, pause and fair share hold. A queue
 * holds what is on offer and at most as many strays: messages that came to nothing, because their worker died or
 * their run was paused. When there are more, when it may have lost something, and when the first worker comes to a pool, it is
 * emptied and filled anew; nothing is ever published on top of what may still be there.
 */
export class Offers {
  readonly #keeper: RunKeeper;
  readonly #blobs: BlobDesk;
  readonly #publisher: TaskPublisher;
  /** Epochs start anew with the process; message ids must not. */
  readonly #boot: string;

  readonly #republishMs: number;
  /** Since when a pool has had a free place at every look. */
  readonly #freeSince = new Map<string, number>();

  constructor(keeper: RunKeeper, { blobs, publisher, boot, republishMs }: OffersOptions) {
    this.#keeper = keeper;
    this.#blobs = blobs;
    this.#publisher = publisher;
    this.#boot = boot;
    this.#republishMs = republishMs;
  }

  /** Fills the window of every pool. False when there is more to look up than one turn should. */
  pump(now: number): boolean {
    const { ledger, workers } = this.#keeper;
    const { pools } = ledger;
    let lookups = 0;
    for (const [pool, { slots }] of workers.pools) {
      const window = WINDOW_PER_SLOT * slots;
      if (pools.straysIn(pool) > window) this.#renewPool(pool, now);
      let room = window - pools.offeredIn(pool);
      for (let next = pools.peekNext(pool); room > 0 && next !== undefined; next = pools.peekNext(pool)) {
        const run = this.#keeper.get(next.run);
        if (run.submitted.isCacheUsed) {
          const wanted = run.bind(next.task).units.length;
          if (lookups > 0 && lookups + wanted > LOOKUPS_PER_TURN) return false;
          lookups += wanted;
          if (this.#keeper.reuse(run, next.task, now)) continue;
        }
        if (this.#blobs.holdsBack(run, next.task, now)) continue;
        const offer = ledger.offer(next.run, next.task, now);
        if (offer === undefined) break;
        this.#publish(offer);
        room--;
      }
    }
    return true;
  }

  /** Second copies of stragglers, and what the queue has lost: it has, when a place is free and nobody takes an offer. */
  renew(now: number): void {
    const { ledger, workers, counters } = this.#keeper;
    for (const pool of workers.pools.keys()) {
      for (const offer of ledger.offerStragglers(pool, now)) {
        counters.add('stragglers_offered');
        this.#publish(offer);
      }
      if (!this.#hasFreePlace(pool)) this.#freeSince.delete(pool);
      else if (!this.#freeSince.has(pool)) this.#freeSince.set(pool, now);
      const longAgo = now - this.#republishMs;
      if ((this.#freeSince.get(pool) ?? now) <= longAgo && ledger.pools.hasOfferBefore(pool, longAgo)) {
        this.#renewPool(pool, now);
      }
    }
  }

  /** The queue may have lost everything. */
  publishAgain(now: number): void {
    this.#clear(null);
    for (const pool of this.#keeper.ledger.pools.names) {
      if (this.#keeper.workers.pools.has(pool)) this.#publishAll(pool, now);
      else this.#keeper.ledger.pools.retract(pool);
    }
  }

  /** The first worker of a pool has come: the queue is empty, and is filled by and by. */
  startAnew(pool: string): void {
    this.#keeper.ledger.pools.retract(pool);
    this.#clear(pool);
  }

  /** Whoever has the hint of an offer will not use it. */
  offerAgain(run: string, task: number, now: number): void {
    const offer = this.#keeper.ledger.offerOnceMore(run, task, now);
    if (offer !== undefined) this.#publish(offer);
  }

  #renewPool(pool: string, now: number): void {
    this.#clear(pool);
    this.#publishAll(pool, now);
  }

  #clear(pool: string | null): void {
    this.#keeper.counters.add('queue_emptied');
    this.#keeper.ledger.pools.forgetStrays(pool);
    this.#keeper.batch.after(() => this.#publisher.clear(pool));
  }

  #publishAll(pool: string, now: number): void {
    for (const offer of this.#keeper.ledger.pools.offerAgain(pool, now)) {
      this.#keeper.counters.add('offers_republished');
      this.#publish(offer);
    }
  }

  #hasFreePlace(pool: string): boolean {
    for (const { info, peer, isDraining, places } of this.#keeper.workers.all) {
      if (peer === null || isDraining || info.numericsClass !== pool) continue;
      if (this.#keeper.ledger.leaseCountOf(info.workerId) < places) return true;
    }
    return false;
  }

  #publish({ run: id, task, attempt, epoch, priority }: Offer): void {
    const run = this.#keeper.get(id);
    const model = run.workload.model(task);
    const messageId = `${this.#boot}:${id}:${task}:${attempt}:${epoch}`;
    const bundle = bundleLimit(this.#keeper.workers.pools.get(run.pool)?.fewest ?? 1);
    const message: QueueMessage = { id: messageId, run: id, task, priority, pool: run.pool, model, bundle };
    this.#keeper.batch.after(() => this.#publisher.publish(message));
  }
}
