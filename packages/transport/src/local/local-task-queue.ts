import type {
  Hint,
  QueueMessage,
  Registration,
  TaskPublisher,
  WorkerHandler,
  WorkerMessage,
  WorkerPeer,
} from '../ports.js';
import { LocalQueue } from './local-queue.js';

/**
 * The queue of a run on one machine. Workers have no queue to listen to: a request without a hint waits here
 * for the next task, and goes on to the coordinator with it.
 */
export class LocalTaskQueue implements TaskPublisher, WorkerHandler {
  readonly #queue = new LocalQueue<Hint & Pick<QueueMessage, 'priority'>>();
  readonly #waiting = new Map<WorkerPeer, Map<number, AbortController>>();
  #inner: WorkerHandler | undefined;

  /** Whom requests with a hint go to. */
  attach(inner: WorkerHandler): void {
    this.#inner = inner;
  }

  publish({ run, task, priority }: QueueMessage): void {
    this.#queue.offer({ run, task, priority }, priority);
  }

  /** There is one pool on one machine. */
  clear(): void {
    this.#queue.clear();
  }

  register(peer: WorkerPeer, registration: Registration): void {
    this.#inner?.register(peer, registration);
    this.#waiting.set(peer, new Map());
  }

  receive(peer: WorkerPeer, message: WorkerMessage): void {
    if (message.kind === 'lease-request' && message.hint === null) void this.#wait(peer, message.requestId);
    else if (message.kind === 'cancel-request') this.#waiting.get(peer)?.get(message.requestId)?.abort();
    else this.#inner?.receive(peer, message);
  }

  disconnected(peer: WorkerPeer): void {
    for (const controller of this.#waiting.get(peer)?.values() ?? []) controller.abort();
    this.#waiting.delete(peer);
    this.#inner?.disconnected(peer);
  }

  async #wait(peer: WorkerPeer, requestId: number): Promise<void> {
    const controller = new AbortController();
    this.#waiting.get(peer)?.set(requestId, controller);
    const hint = await this.#queue.take(controller.signal).catch(() => undefined);
    const isThere = this.#waiting.get(peer)?.delete(requestId) ?? false;
    if (hint === undefined) return;
    if (isThere) this.#inner?.receive(peer, { kind: 'lease-request', requestId, hint });
    else this.#queue.offer(hint, hint.priority);
  }
}
