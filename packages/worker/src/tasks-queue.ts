import { OodError } from '@oodgrid/contract';
import type { Delivery, HintSource } from '@oodgrid/transport';
import type { WorkerSession } from './session/worker-session.js';

/** Opens a coordinator's queue, by its id. */
export type OpenQueue = (queue: string) => Promise<HintSource>;

/**
 * Source of a worker's tasks: a queue of hints, or the coordinator itself, which is asked for any task and answers as soon as
 * there is one. Every coordinator says which; another one may be behind the same address by now.
 */
export class TasksQueue {
  readonly #open: OpenQueue | null;
  #hints: HintSource | undefined;
  /** Id of the queue that is open, or is being opened; null where the coordinator is asked itself. */
  #queue: string | null | undefined;
  #isClosed = false;

  /** `open` is null where the worker was told that there is no queue. */
  constructor(open: OpenQueue | null) {
    this.#open = open;
  }

  /** Follows the queue that a coordinator named. Throws `invalid-input` where this worker has no way to it. */
  async listenTo(queue: string | null): Promise<void> {
    if (queue === this.#queue) return;
    this.#queue = queue;
    const former = this.#hints;
    this.#hints = undefined;
    await former?.close();
    if (queue === null) return;
    if (this.#open === null) {
      throw new OodError(
        'invalid-input',
        'this coordinator hands out its tasks through NATS: give the worker the same --nats as the coordinator',
      );
    }
    const hints = await this.#open(queue);
    if (this.#isClosed || this.#queue !== queue) await hints.close();
    else this.#hints = hints;
  }

  /** Asks for as many tasks as there is room for. */
  lookForWork(session: WorkerSession): void {
    if (!session.isConnected) return;
    if (this.#queue === null) while (session.room > 0) session.request(null);
    else if (session.room > 0) {
      this.#hints?.want(
        () => (session.isConnected ? session.room : 0),
        (delivery) => session.request(delivery),
      );
    }
  }

  /** Takes nothing more; what is at hand goes to `giveBack`. */
  stop(giveBack: (delivery: Delivery) => void): void {
    this.#hints?.stop(giveBack);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#hints?.close();
  }
}
