import type { WorkCounts } from '@oodgrid/contract';
import {
  type CoordinatorMessage,
  type Delivery,
  type LeaseRef,
  OLDEST_WIRE_VERSION,
  type Registration,
  type ReliableMessage,
  type WorkerMessage,
} from '@oodgrid/transport';
import { Outbox } from './outbox.js';
import type { SessionOptions } from './session-options.js';

interface Held {
  readonly lease: LeaseRef;
  readonly delivery: Delivery | null;
  /** The last message of the lease is on its way. */
  isEnding: boolean;
  hasAdvanced: boolean;
  unackedBytes: number;
  readonly waiting: (() => void)[];
}

/**
 * A worker's side of the conversation, without its environment: it keeps what it holds and what the
 * coordinator has not acknowledged, over any number of connections and restarts of the coordinator. It does
 * no I/O and returns at once.
 */
export class WorkerSession {
  readonly #options: SessionOptions;
  readonly #held = new Map<string, Held>();
  readonly #requests = new Map<number, Delivery | null>();
  readonly #outbox = new Outbox((message) => this.#send?.(message));
  #nextRequest = 1;
  #send: ((message: WorkerMessage) => void) | undefined;
  #windowBytes = Number.POSITIVE_INFINITY;
  #isStopping = false;
  /** The coordinator gives it no more tasks, and every grant has come. */
  #isDrained = false;
  #trouble = '';
  /** Whether it asks for nothing, because the coordinator has set it aside. */
  isResting = false;
  #oldestAtHeartbeat: number | undefined;
  /** Registrations, and bytes of rows that were given to the stream. */
  readonly said = { connections: 0, chunkBytes: 0 };

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Returns the first message of a new connection. */
  registration(): Registration {
    return {
      protocol: OLDEST_WIRE_VERSION,
      worker: this.#options.worker,
      proof: this.#options.proof,
      held: [...this.#held.values()].map(({ lease }) => lease),
      nextSequence: this.#outbox.firstSequence,
    };
  }

  /** The coordinator has registered this worker: says again what was not acknowledged or answered. */
  connected(send: (message: WorkerMessage) => void): void {
    this.#send = send;
    this.said.connections++;
    // Before its requests: they are not to be answered any more.
    if (this.#isStopping) this.#sayHeld();
    this.#outbox.sayAgain();
    for (const [requestId, delivery] of this.#requests) {
      send({ kind: 'lease-request', requestId, hint: delivery?.hint ?? null });
    }
  }

  disconnected(): void {
    this.#send = undefined;
  }

  get isConnected(): boolean {
    return this.#send !== undefined;
  }

  /** Places that are neither taken nor asked for. */
  get room(): number {
    if (this.#isStopping || this.isResting || this.#trouble !== '') return 0;
    return Math.max(0, this.#options.worker.slots - this.#held.size - this.#requests.size);
  }

  /** Reliable messages that are not acknowledged. */
  get unacknowledged(): number {
    return this.#outbox.size;
  }

  /** Whether every reliable message is acknowledged, and, for one that stops, no grant may be on its way. */
  get isSettled(): boolean {
    const mayBeGranted = this.#isStopping && !this.#isDrained && this.isConnected && this.#requests.size > 0;
    return this.#outbox.isEmpty && !mayBeGranted;
  }

  /** Asks for the task of a delivery; null: for any task. */
  request(delivery: Delivery | null): void {
    const requestId = this.#nextRequest++;
    this.#requests.set(requestId, delivery);
    this.#send?.({ kind: 'lease-request', requestId, hint: delivery?.hint ?? null });
  }

  receive(message: CoordinatorMessage): void {
    switch (message.kind) {
      case 'registered':
        this.#windowBytes = message.windowBytes;
        // This coordinator may know nothing of what another one held against it.
        this.isResting = false;
        this.#options.onRoom();
        return;
      case 'granted':
        this.#granted(message);
        return;
      case 'denied': {
        const delivery = this.#requests.get(message.requestId);
        this.#requests.delete(message.requestId);
        if (message.retryMs === null) delivery?.ack();
        else delivery?.nak(message.retryMs);
        this.#options.onRoom();
        return;
      }
      case 'ack':
        this.#acknowledged(message.upTo);
        return;
      case 'refused':
        this.#refused(message);
        return;
      case 'cancel': {
        const held = this.#held.get(message.lease.token);
        if (held !== undefined) this.#drop(held);
        return;
      }
      case 'drain': {
        this.#isDrained = true;
        // Else it has asked for it, by what it said when it stopped.
        if (!this.#isStopping) this.#options.onDrain();
        return;
      }
      case 'set-aside':
        this.isResting = message.forMs > 0;
        if (this.isResting) this.#options.onSetAside(message.reason, message.forMs);
        else this.#options.onRoom();
        return;
      case 'probe':
        this.#sayHeld();
        return;
    }
  }

  /** Sends part of a result; `ready` is called when there is room for more of the same task. */
  chunk(message: Extract<ReliableMessage, { kind: 'chunk' }>, ready: () => void): void {
    const held = this.#held.get(message.token);
    if (held === undefined || held.isEnding) return;
    held.hasAdvanced = true;
    held.unackedBytes += message.data.byteLength;
    this.said.chunkBytes += message.data.byteLength;
    this.#outbox.say(message, message.data.byteLength);
    if (held.unackedBytes <= this.#windowBytes) ready();
    else held.waiting.push(ready);
  }

  fitted(message: Extract<ReliableMessage, { kind: 'fitted' }>): void {
    const held = this.#held.get(message.token);
    if (held === undefined || held.isEnding) return;
    held.hasAdvanced = true;
    this.#outbox.say(message, 0);
  }

  /** Ends a lease: done, failed or handed back. What is said for it later is dropped. */
  end(message: Exclude<ReliableMessage, { kind: 'chunk' | 'fitted' }>): void {
    const held = this.#held.get(message.token);
    if (held === undefined || held.isEnding) return;
    held.isEnding = true;
    this.#outbox.say(message, 0);
  }

  progress(lease: LeaseRef, work: WorkCounts): void {
    const held = this.#held.get(lease.token);
    if (held === undefined) return;
    held.hasAdvanced = true;
    this.#send?.({ kind: 'progress', lease, work });
  }

  log(lease: LeaseRef, line: string): void {
    if (this.#held.has(lease.token)) this.#send?.({ kind: 'log', lease, line });
  }

  /**
   * Keeps what is held; the queue is told only of tasks that advance. What was not acknowledged since the
   * heartbeat before is said again: a message that was lost with nothing after it shows in no other way.
   */
  heartbeat(): void {
    for (const held of this.#held.values()) {
      if (held.hasAdvanced) held.delivery?.working();
      held.hasAdvanced = false;
    }
    this.#sayHeld();
    const { oldest } = this.#outbox;
    if (oldest !== undefined && oldest === this.#oldestAtHeartbeat) this.#outbox.sayAgain();
    this.#oldestAtHeartbeat = oldest;
  }

  /** Why it takes no tasks; empty when it is well. The coordinator is told at once. */
  setTrouble(trouble: string): void {
    this.#trouble = trouble;
    this.#sayHeld();
    if (trouble !== '') return;
    // Where the coordinator sees it otherwise it says so again.
    this.isResting = false;
    this.#options.onRoom();
  }

  /** Takes no more tasks: a grant that is on its way, or comes for a request that is open, is handed back. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#sayHeld();
  }

  #granted({ requestId, lease, task, traceparent }: Extract<CoordinatorMessage, { kind: 'granted' }>): void {
    const delivery = this.#requests.get(requestId) ?? null;
    this.#requests.delete(requestId);
    this.#held.set(lease.token, {
      lease,
      delivery,
      isEnding: false,
      hasAdvanced: true,
      unackedBytes: 0,
      waiting: [],
    });
    if (this.#isStopping) this.end({ kind: 'released', ...lease });
    else this.#options.onStart(lease, task, traceparent ?? delivery?.traceparent);
  }

  #acknowledged(upTo: number): void {
    for (const { message, bytes } of this.#outbox.acknowledge(upTo)) {
      const held = this.#held.get(message.token);
      if (held === undefined) continue;
      held.unackedBytes -= bytes;
      if (held.unackedBytes <= this.#windowBytes) for (const ready of held.waiting.splice(0)) ready();
      if (message.kind === 'done' || message.kind === 'failed' || message.kind === 'released')
        this.#close(held);
    }
  }

  #refused({ sequence, code, message: text }: Extract<CoordinatorMessage, { kind: 'refused' }>): void {
    const refused = this.#outbox.find(sequence);
    const held = refused === undefined ? undefined : this.#held.get(refused.token);
    if (held === undefined || refused === undefined) return;
    if (code === 'cancelled' || refused.kind === 'failed' || refused.kind === 'released') {
      this.#drop(held);
      return;
    }
    // What it computed does not fit its task: that is this worker's fault, and the lease is still its own.
    this.#options.onCancel(held.lease);
    held.isEnding = false;
    const failure = {
      code,
      message: text,
      retryable: false,
      logTail: '',
      origin: 'task',
      blob: null,
    } as const;
    this.end({ kind: 'failed', ...held.lease, ...failure });
  }

  #drop(held: Held): void {
    if (!held.isEnding) this.#options.onCancel(held.lease);
    this.#close(held);
  }

  #close(held: Held): void {
    if (!this.#held.delete(held.lease.token)) return;
    held.delivery?.ack();
    this.#options.onRoom();
  }

  #sayHeld(): void {
    const leases = [...this.#held.values()].map(({ lease }) => lease);
    const said = { leases, doing: this.#options.doing(), trouble: this.#trouble };
    this.#send?.({ kind: 'heartbeat', ...said, ...(this.#isStopping ? { isLeaving: true } : {}) });
  }
}
