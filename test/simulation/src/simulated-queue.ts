import { type Delivery, type QueueMessage, shareDelivery, type TaskPublisher } from '@oodgrid/transport';
import type { FaultCounts } from './faults.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

export interface QueueFaults {
  readonly lossProbability: number;
  readonly duplicateProbability: number;
}

const ACK_WAIT_MS = 1500;
/** Hints that may come as one message. */
const MAX_BUNDLE = 3;

/** A work queue as JetStream is one: at least once, in any order, drops repeated ids, loses what it did not sync. */
export class SimulatedQueue implements TaskPublisher {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: () => QueueFaults;
  readonly #counts: FaultCounts;
  readonly #seen = new Set<string>();
  #messages: QueueMessage[] = [];
  #inFlight = new Map<number, readonly QueueMessage[]>();
  #deliveries = 0;
  #isUp = true;
  /** Called when there may be something to take. */
  onMessage: () => void = () => undefined;

  constructor(scheduler: Scheduler, random: Random, faults: () => QueueFaults, counts: FaultCounts) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.#counts = counts;
  }

  publish(message: QueueMessage): void {
    if (!this.#isUp || this.#random.isTrue(this.#faults().lossProbability)) {
      this.#counts.add('hint-lost');
      return;
    }
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    this.#scheduler.after(this.#random.between(0.1, 5), () => this.#put(message));
    if (this.#random.isTrue(this.#faults().duplicateProbability)) {
      this.#counts.add('hint-doubled');
      this.#scheduler.after(this.#random.between(0.1, 500), () => this.#put(message));
    }
  }

  /** What is on its way still comes: a server does one thing while another arrives. */
  clear(pool: string | null): void {
    if (!this.#isUp) return;
    const stays = (message: QueueMessage) => pool !== null && message.pool !== pool;
    this.#messages = this.#messages.filter(stays);
    for (const [id, messages] of this.#inFlight) if (!messages.some(stays)) this.#inFlight.delete(id);
  }

  /** Up to `room` deliveries, from anywhere near the front. */
  take(room: number): Delivery[] {
    if (!this.#isUp) return [];
    const taken: Delivery[] = [];
    while (taken.length < room && this.#messages.length > 0) {
      const place = this.#random.integer(0, Math.min(3, this.#messages.length - 1));
      const bundle = this.#random.integer(1, Math.min(MAX_BUNDLE, room - taken.length));
      taken.push(...this.#deliver(this.#messages.splice(place, bundle)));
    }
    return taken;
  }

  /** Goes down, loses some of what it held, and comes back after a while. */
  restart(downMs: number, onReturn: () => void): void {
    this.#isUp = false;
    this.#inFlight = new Map();
    const isWiped = this.#random.isTrue(0.3);
    this.#messages = this.#messages.filter(() => !isWiped && this.#random.isTrue(0.5));
    if (isWiped) this.#seen.clear();
    this.#scheduler.after(downMs, () => {
      this.#isUp = true;
      onReturn();
      this.onMessage();
    });
  }

  #put(message: QueueMessage): void {
    if (!this.#isUp) return;
    this.#messages.push(message);
    this.onMessage();
  }

  #deliver(messages: readonly QueueMessage[]): readonly Delivery[] {
    const id = this.#deliveries++;
    this.#inFlight.set(id, messages);
    const putBack = () => {
      if (this.#inFlight.delete(id)) for (const message of messages) this.#put(message);
    };
    this.#scheduler.after(ACK_WAIT_MS, putBack);
    return shareDelivery(messages, {
      ack: () => {
        this.#inFlight.delete(id);
      },
      nak: (delayMs) => this.#scheduler.after(delayMs, putBack),
      working: () => undefined,
    });
  }
}
