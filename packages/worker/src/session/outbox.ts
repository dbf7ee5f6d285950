import type { ReliableMessage, WorkerMessage } from '@oodgrid/transport';

export interface Unacked {
  /** Grows by one with each message, from 1. */
  readonly sequence: number;
  readonly message: ReliableMessage;
  /** Bytes that the message adds to the window of its lease. */
  readonly bytes: number;
}

/** Reliable messages in their order, kept until the coordinator has acknowledged them. */
export class Outbox {
  readonly #send: (message: WorkerMessage) => void;
  #unacked: Unacked[] = [];
  #next = 1;

  /** `send` may lose what it is given: everything here is said again on demand. */
  constructor(send: (message: WorkerMessage) => void) {
    this.#send = send;
  }

  get size(): number {
    return this.#unacked.length;
  }

  get isEmpty(): boolean {
    return this.#unacked.length === 0;
  }

  /** Number of the first message that will be said on a new connection. */
  get firstSequence(): number {
    return this.oldest ?? this.#next;
  }

  /** Number of the oldest message that is not acknowledged; undefined when all are. */
  get oldest(): number | undefined {
    return this.#unacked[0]?.sequence;
  }

  say(message: ReliableMessage, bytes: number): void {
    const sequence = this.#next++;
    this.#unacked.push({ sequence, message, bytes });
    this.#send({ kind: 'reliable', sequence, message });
  }

  sayAgain(): void {
    for (const { sequence, message } of this.#unacked) this.#send({ kind: 'reliable', sequence, message });
  }

  find(sequence: number): ReliableMessage | undefined {
    return this.#unacked.find((one) => one.sequence === sequence)?.message;
  }

  /** Forgets everything up to a number, and returns it. */
  acknowledge(upTo: number): readonly Unacked[] {
    let count = 0;
    while ((this.#unacked[count]?.sequence ?? Number.POSITIVE_INFINITY) <= upTo) count++;
    return this.#unacked.splice(0, count);
  }
}
