import { type Delivery, type QueueMessage, shareDelivery } from '@oodgrid/transport';
import type { FaultCounts } from './faults.js';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';
import { Violation } from './violation.js';

export interface QueueFaults {
  readonly lossProbability: number;
  readonly duplicateProbability: number;
}

const ACK_WAIT_MS = 1500;
/** Hints that may come as one message. */
const MAX_BUNDLE = 3;

/** A cluster on the server. */
export interface QueueClient {
  /** There may be something to take. */
  readonly onMessage: () => void;
  /** The server is back. */
  readonly onReturn: () => void;
}

/** Publications of one coordinator for one pool. */
interface Subject {
  readonly queue: string;
  readonly pool: string;
  messages: QueueMessage[];
  inFlight: Map<number, readonly QueueMessage[]>;
  /** Copies that the network has made: nobody's fault. */
  copies: number;
}

/**
 * A server of work queues as JetStream is one: at least once, in any order, drops repeated ids, loses what it did not sync.
 * Each coordinator has a queue of its own.
 */
export class SimulatedQueue {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: () => QueueFaults;
  readonly #counts: FaultCounts;
  readonly #seen = new Set<string>();
  readonly #subjects = new Map<string, Subject>();
  readonly #limits = new Map<string, number>();
  readonly #clients: QueueClient[] = [];
  #deliveries = 0;
  #isUp = true;

  constructor(scheduler: Scheduler, random: Random, faults: () => QueueFaults, counts: FaultCounts) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.#counts = counts;
  }

  connect(client: QueueClient): void {
    this.#clients.push(client);
  }

  /** No subject of a queue may ever hold more messages, beside copies that the network made. */
  limit(queue: string, messages: number): void {
    this.#limits.set(queue, messages);
  }

  publish(queue: string, message: QueueMessage): void {
    if (!this.#isUp || this.#random.isTrue(this.#faults().lossProbability)) {
      this.#counts.add('hint-lost');
      return;
    }
    if (this.#seen.has(message.id)) return;
    this.#seen.add(message.id);
    const subject = this.#subject(queue, message.pool);
    this.#scheduler.after(this.#random.between(0.1, 5), () => this.#put(subject, message));
    if (this.#random.isTrue(this.#faults().duplicateProbability)) {
      this.#counts.add('hint-doubled');
      subject.copies++;
      this.#scheduler.after(this.#random.between(0.1, 500), () => this.#put(subject, message));
    }
  }

  /** Messages on their way still arrive: a server does one thing while another comes in. */
  clear(queue: string, pool: string | null): void {
    if (!this.#isUp) return;
    for (const subject of this.#subjects.values()) {
      if (subject.queue !== queue || (pool !== null && subject.pool !== pool)) continue;
      subject.messages = [];
      subject.inFlight = new Map();
    }
  }

  /** Up to `room` deliveries, from anywhere near the front. */
  take(queue: string, pool: string, room: number): Delivery[] {
    const subject = this.#subjects.get(`${queue}/${pool}`);
    if (!this.#isUp || subject === undefined) return [];
    const taken: Delivery[] = [];
    while (taken.length < room && subject.messages.length > 0) {
      const place = this.#random.integer(0, Math.min(3, subject.messages.length - 1));
      const bundle = this.#random.integer(1, Math.min(MAX_BUNDLE, room - taken.length));
      taken.push(...this.#deliver(subject, subject.messages.splice(place, bundle)));
    }
    return taken;
  }

  /** Goes down, loses some of what it held, and comes back after a while. */
  restart(downMs: number): void {
    this.#isUp = false;
    const isWiped = this.#random.isTrue(0.3);
    for (const subject of this.#subjects.values()) {
      subject.inFlight = new Map();
      subject.messages = subject.messages.filter(() => !isWiped && this.#random.isTrue(0.5));
    }
    if (isWiped) this.#seen.clear();
    this.#scheduler.after(downMs, () => {
      this.#isUp = true;
      for (const { onReturn } of this.#clients) onReturn();
      this.#wake();
    });
  }

  #subject(queue: string, pool: string): Subject {
    const name = `${queue}/${pool}`;
    const known = this.#subjects.get(name);
    if (known !== undefined) return known;
    const subject = { queue, pool, messages: [], inFlight: new Map(), copies: 0 };
    this.#subjects.set(name, subject);
    return subject;
  }

  #wake(): void {
    for (const { onMessage } of this.#clients) onMessage();
  }

  #put(subject: Subject, message: QueueMessage): void {
    if (!this.#isUp) return;
    subject.messages.push(message);
    const limit = (this.#limits.get(subject.queue) ?? Number.POSITIVE_INFINITY) + subject.copies;
    const held = subject.messages.length + subject.inFlight.size;
    if (held > limit) throw new Violation(`the queue holds ${held} messages, ${limit} at most`);
    this.#wake();
  }

  #deliver(subject: Subject, messages: readonly QueueMessage[]): readonly Delivery[] {
    const id = this.#deliveries++;
    subject.inFlight.set(id, messages);
    const putBack = () => {
      if (subject.inFlight.delete(id)) for (const message of messages) this.#put(subject, message);
    };
    this.#scheduler.after(ACK_WAIT_MS, putBack);
    return shareDelivery(messages, {
      ack: () => {
        subject.inFlight.delete(id);
      },
      nak: (delayMs) => this.#scheduler.after(delayMs, putBack),
      working: () => undefined,
    });
  }
}
