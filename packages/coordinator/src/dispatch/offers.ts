import { bundleLimit, type QueueMessage } from '@oodgrid/transport';
import type { Offer } from '../ledger/ledger-events.js';
import type { RunKeeper } from './run-keeper.js';

/** Published tasks per place of a worker: enough that none waits for the coordinator. */
const WINDOW_PER_SLOT = 4;
/** Tasks looked up in the cache in one turn. */
const LOOKUPS_PER_TURN = 256;

/** What the queue is given: never more than workers can soon take, so that priority, pause and fair share hold. */
export class Offers {
  readonly #keeper: RunKeeper;
  readonly #publishMessage: (message: QueueMessage) => void;
  /** Epochs start anew with the process; message ids must not. */
  readonly #boot: string;

  constructor(keeper: RunKeeper, publish: (message: QueueMessage) => void, boot: string) {
    this.#keeper = keeper;
    this.#publishMessage = publish;
    this.#boot = boot;
  }

  /** Fills the window of every pool. False when there is more to look up than one turn should. */
  pump(now: number): boolean {
    let lookups = 0;
    for (const [pool, { slots }] of this.#keeper.workers.pools) {
      let room = WINDOW_PER_SLOT * slots - this.#keeper.ledger.offeredIn(pool);
      for (
        let next = this.#keeper.ledger.peekNext(pool);
        room > 0 && next !== undefined;
        next = this.#keeper.ledger.peekNext(pool)
      ) {
        const run = this.#keeper.get(next.run);
        if (run.submitted.isCacheUsed) {
          if (++lookups > LOOKUPS_PER_TURN) return false;
          if (this.#keeper.reuse(run, next.task, now)) continue;
        }
        const offer = this.#keeper.ledger.offer(next.run, next.task, now);
        if (offer === undefined) break;
        this.#publish(offer);
        room--;
      }
    }
    return true;
  }

  /** Second copies of stragglers, and what the queue seems to have lost. */
  renew(now: number): void {
    for (const pool of this.#keeper.workers.pools.keys()) {
      for (const offer of this.#keeper.ledger.offerStragglers(pool, now)) {
        this.#keeper.counters.add('stragglers_offered');
        this.#publish(offer);
      }
    }
    for (const offer of this.#keeper.ledger.offerAgain(now, false)) {
      this.#keeper.counters.add('offers_republished');
      this.#publish(offer);
    }
  }

  /** The queue may have lost everything. */
  publishAgain(now: number): void {
    for (const offer of this.#keeper.ledger.offerAgain(now, true)) this.#publish(offer);
  }

  #publish({ run: id, task, attempt, epoch, priority }: Offer): void {
    const run = this.#keeper.get(id);
    const model = run.workload.model(task);
    const messageId = `${this.#boot}:${id}:${task}:${attempt}:${epoch}`;
    const bundle = bundleLimit(this.#keeper.workers.pools.get(run.pool)?.fewest ?? 1);
    const message: QueueMessage = { id: messageId, run: id, task, priority, pool: run.pool, model, bundle };
    this.#keeper.batch.after(() => this.#publishMessage(message));
  }
}
