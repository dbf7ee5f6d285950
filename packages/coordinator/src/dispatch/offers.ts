import { bundleLimit, type QueueMessage, type TaskPublisher } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { Offer } from '../ledger/ledger-events.js';
import type { BatchBuilder } from './batch.js';
import type { Counters } from './counters.js';
import type { RunRegistry } from './run-registry.js';
import type { TaskSource } from './task-source.js';
import type { WorkerConnections } from './worker-connections.js';

/** Published tasks per place of a worker: enough that none waits for the coordinator. */
const WINDOW_PER_SLOT = 4;

export interface OffersOptions {
  readonly ledger: Pick<
    Ledger,
    'pools' | 'offer' | 'offerStragglers' | 'offerOnceMore' | 'isOfferedAgain' | 'leaseCountOf'
  >;
  readonly registry: Pick<RunRegistry, 'get'>;
  readonly workers: Pick<WorkerConnections, 'pools' | 'all'>;
  readonly source: Pick<TaskSource, 'next'>;
  readonly batch: Pick<BatchBuilder, 'after'>;
  readonly counters: Pick<Counters, 'add'>;
  /** Null where workers ask the coordinator itself: nothing but second copies is offered then. */
  readonly publisher: TaskPublisher | null;
  /** Start of the message ids of this process: epochs start anew with it, message ids must not. */
  readonly boot: string;
  /** An offer that nobody takes for so many milliseconds, while a place is free, was lost. */
  readonly republishMs: number;
}

/**
 * Offers tasks to the queue: never more than workers can soon take, so that priority, pause and fair share hold. A queue
 * holds what is on offer and at most as many strays: messages that came to nothing, because their worker died or
 * their run was paused. When there are more, when it may have lost something, and when the first worker comes to a pool, it is
 * emptied and filled anew; nothing is ever published on top of what may still be there.
 */
export class Offers {
  readonly #options: OffersOptions;
  /** Second copies of stragglers by pool, where there is no queue that they are offered through. */
  readonly #seconds = new Map<string, readonly Offer[]>();
  /** By pool: the first of the consecutive calls of `renew` that found a free place there. */
  readonly #freeSince = new Map<string, number>();

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /** Fills the window of every pool. */
  pump(now: number): void {
    const { ledger, workers, source, publisher } = this.#options;
    if (publisher === null) return;
    const { pools } = ledger;
    for (const [pool, { slots }] of workers.pools) {
      const window = WINDOW_PER_SLOT * slots;
      if (pools.straysIn(pool) > window) this.#renewPool(pool, now);
      for (let room = window - pools.offeredIn(pool); room > 0; room--) {
        const next = source.next(pool, now);
        const offer = next === undefined ? undefined : ledger.offer(next.run.id, next.task, now);
        if (offer === undefined) break;
        this.#publish(offer);
      }
    }
  }

  /** Offers second copies of stragglers, and what the queue has lost: it has, when a place is free and nobody takes an offer. */
  renew(now: number): void {
    const { ledger, workers, counters, republishMs, publisher } = this.#options;
    for (const pool of workers.pools.keys()) {
      for (const offer of ledger.offerStragglers(pool, now)) {
        counters.add('stragglers_offered');
        if (publisher === null) this.#seconds.set(pool, [...this.secondCopies(pool), offer]);
        else this.#publish(offer);
      }
      if (publisher === null) continue;
      if (!this.#hasFreePlace(pool)) this.#freeSince.delete(pool);
      else if (!this.#freeSince.has(pool)) this.#freeSince.set(pool, now);
      const longAgo = now - republishMs;
      if ((this.#freeSince.get(pool) ?? now) <= longAgo && ledger.pools.hasOfferBefore(pool, longAgo)) {
        this.#renewPool(pool, now);
      }
    }
  }

  /** Second copies that a worker of the pool may ask for, longest running first; none where they are offered through a queue. */
  secondCopies(pool: string): readonly Offer[] {
    const known = this.#seconds.get(pool);
    if (known === undefined) return [];
    const left = known.filter(({ run, task }) => this.#options.ledger.isOfferedAgain(run, task));
    if (left.length === 0) this.#seconds.delete(pool);
    else if (left.length < known.length) this.#seconds.set(pool, left);
    return left;
  }

  /** The queue may have lost everything: publishes anew what is on offer. */
  publishAgain(now: number): void {
    const { ledger, workers } = this.#options;
    this.#clear(null);
    for (const pool of ledger.pools.names) {
      if (workers.pools.has(pool)) this.#publishAll(pool, now);
      else ledger.pools.retract(pool);
    }
  }

  /** The first worker of a pool has come: empties the queue, which `pump` fills again. */
  startAnew(pool: string): void {
    this.#options.ledger.pools.retract(pool);
    this.#clear(pool);
  }

  /** Publishes an offer once more: the worker that has its hint will not use it. */
  offerAgain(run: string, task: number, now: number): void {
    const offer = this.#options.ledger.offerOnceMore(run, task, now);
    if (offer !== undefined) this.#publish(offer);
  }

  #renewPool(pool: string, now: number): void {
    this.#clear(pool);
    this.#publishAll(pool, now);
  }

  #clear(pool: string | null): void {
    const { counters, ledger, batch, publisher } = this.#options;
    if (publisher === null) return;
    counters.add('queue_emptied');
    ledger.pools.forgetStrays(pool);
    batch.after(() => publisher.clear(pool));
  }

  #publishAll(pool: string, now: number): void {
    for (const offer of this.#options.ledger.pools.offerAgain(pool, now)) {
      this.#options.counters.add('offers_republished');
      this.#publish(offer);
    }
  }

  #hasFreePlace(pool: string): boolean {
    for (const { info, peer, isDraining, places } of this.#options.workers.all) {
      if (peer === null || isDraining || info.numericsClass !== pool) continue;
      if (this.#options.ledger.leaseCountOf(info.workerId) < places) return true;
    }
    return false;
  }

  #publish({ run: id, task, attempt, epoch }: Offer): void {
    const { registry, workers, batch, publisher, boot } = this.#options;
    if (publisher === null) return;
    const run = registry.get(id);
    const model = run.workload.model(task);
    const messageId = `${boot}:${id}:${task}:${attempt}:${epoch}`;
    const bundle = bundleLimit(workers.pools.get(run.pool)?.fewest ?? 1);
    const message: QueueMessage = { id: messageId, run: id, task, pool: run.pool, model, bundle };
    batch.after(() => publisher.publish(message));
  }
}
