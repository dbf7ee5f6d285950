import type { CoordinatorMessage, WorkerMessage } from '@oodgrid/transport';
import type { DiskStore } from './disk-store.js';
import { Violation } from './violation.js';

type Reliable = Extract<WorkerMessage, { kind: 'reliable' }>;

/** Watches one connection: nothing is acknowledged, and no lease given, before it is durable. */
export class AckChecker {
  readonly #store: () => DiskStore | undefined;
  readonly #received = new Map<number, Reliable['message']>();
  readonly #refused = new Set<number>();

  constructor(store: () => DiskStore | undefined) {
    this.#store = store;
  }

  received({ sequence, message }: Reliable): void {
    if (!this.#received.has(sequence)) this.#received.set(sequence, message);
  }

  sent(message: CoordinatorMessage): void {
    if (message.kind === 'refused') this.#refused.add(message.sequence);
    if (message.kind === 'granted' && this.#store()?.isLeaseDurable(message.lease.token) !== true) {
      throw new Violation('a lease was given before it was durable');
    }
    if (message.kind !== 'ack') return;
    for (const [sequence, said] of this.#received) {
      if (sequence > message.upTo) continue;
      this.#received.delete(sequence);
      if (!this.#refused.has(sequence) && !this.#isDurable(said)) {
        throw new Violation(`a "${said.kind}" was acknowledged before it was durable`);
      }
    }
  }

  #isDurable(message: Reliable['message']): boolean {
    const store = this.#store();
    if (store === undefined) return false;
    if (store.isEnded(message.token)) return true;
    if (message.kind === 'chunk') return store.hasChunk(message.token, message.key, message.offsetRows);
    return message.kind === 'fitted' && store.hasChunk(message.token, message.key, 0);
  }
}
