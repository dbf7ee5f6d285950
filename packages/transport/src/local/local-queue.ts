import { OodError } from '@oodgrid/protocol';
import PQueue from 'p-queue';

interface Taker<T> {
  readonly resolve: (item: T) => void;
}

/**
 * In-memory queue of a local run: items leave in order of priority, then of arrival, one to each who
 * waits. A p-queue holds them and is paused while nobody waits, so that priority counts when an item is
 * taken, not when it came.
 */
export class LocalQueue<T> {
  readonly #items = new PQueue({ concurrency: 1, autoStart: false });
  readonly #takers: Taker<T>[] = [];

  offer(item: T, priority: number): void {
    void this.#items.add(async () => this.#handOver(item, priority), { priority });
  }

  clear(): void {
    this.#items.clear();
  }

  /** Waits for an item. Throws `cancelled` when the signal aborts. */
  take(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        reject(new OodError('cancelled', 'the pull was withdrawn'));
      };
      const taker: Taker<T> = {
        resolve: (item) => {
          signal.removeEventListener('abort', withdraw);
          resolve(item);
        },
      };
      this.#takers.push(taker);
      if (signal.aborted) return withdraw();
      signal.addEventListener('abort', withdraw, { once: true });
      this.#items.start();
    });
  }

  #handOver(item: T, priority: number): void {
    const taker = this.#takers.shift();
    if (this.#takers.length === 0) this.#items.pause();
    // The one who waited may have left since the queue was started.
    if (taker === undefined) this.offer(item, priority);
    else taker.resolve(item);
  }
}
