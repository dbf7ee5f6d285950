import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** Faults of the network. */
export interface NetworkFaults {
  /** Of a message to be lost, twice there, or late: the stream breaks or notices. */
  readonly lossProbability: number;
  readonly duplicateProbability: number;
  readonly reorderProbability: number;
  readonly maxDelayMs: number;
}

/** One direction of a connection: in order, unless the network is bad. */
export class Channel<T> {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: NetworkFaults;
  readonly #deliver: (message: T) => void;
  readonly #onFault: () => void;
  #isOpen = true;
  #lastArrival = 0;

  constructor(
    scheduler: Scheduler,
    random: Random,
    faults: NetworkFaults,
    deliver: (message: T) => void,
    onFault: () => void,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.#deliver = deliver;
    this.#onFault = onFault;
  }

  /** `mayFault`: whether this message may be lost, doubled or late by itself. */
  send(message: T, mayFault: boolean): void {
    if (!this.#isOpen) return;
    const random = this.#random;
    const { lossProbability, duplicateProbability, reorderProbability, maxDelayMs } = this.#faults;
    if (mayFault && random.isTrue(lossProbability)) {
      this.#onFault();
      return;
    }
    const delay = random.between(0.1, maxDelayMs);
    let at = Math.max(this.#scheduler.now + delay, this.#lastArrival);
    if (mayFault && random.isTrue(reorderProbability)) {
      this.#onFault();
      at += random.between(0, 3 * maxDelayMs);
    } else this.#lastArrival = at;
    this.#arrive(message, at);
    if (mayFault && random.isTrue(duplicateProbability)) {
      this.#onFault();
      this.#arrive(message, at + random.between(0, maxDelayMs));
    }
  }

  close(): void {
    this.#isOpen = false;
  }

  #arrive(message: T, at: number): void {
    this.#scheduler.after(at - this.#scheduler.now, () => {
      if (this.#isOpen) this.#deliver(message);
    });
  }
}
