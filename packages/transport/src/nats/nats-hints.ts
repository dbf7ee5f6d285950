import { setTimeout as sleep } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, nanos } from '@nats-io/transport-node';
import type { Log } from '@oodgrid/contract';
import { TRACEPARENT } from '../grpc/unary.js';
import { bundleLimit, type Delivery, type HintSource } from '../ports.js';
import { connectNats, type NatsOptions } from './connect-nats.js';
import { decodeHints } from './hint-codec.js';
import { isConsumerName, QueueNames } from './names.js';
import { shareDelivery } from './shared-delivery.js';

/** Without a wake, the queue is asked at this interval, for what other workers handed back. */
const SWEEP_MS = 1000;
/** Places that become free within this time are filled by one pull. */
const GATHER_MS = 8;
/** A pull that is not answered within this time is given up. */
const PULL_TIMEOUT_MS = 2000;
/** The stream of the pool is looked for so often, and so many times, before its absence is told. */
const RETRY_MS = 500;
const TRIES = 10;

interface Pull {
  /** Messages that may still come. */
  left: number;
  readonly done: () => void;
}

export interface NatsHintsOptions extends NatsOptions {
  /** Id of the coordinator's own queue. */
  readonly queue: string;
  /** Numerics class of the worker. */
  readonly pool: string;
  /** Tasks that the worker holds at once. */
  readonly slots: number;
}

/**
 * Pulls tasks from the consumers of a pool, those of the model that was served last first: its weights are
 * loaded. A pull asks for what is there and never waits; a wake tells when to ask again.
 */
export class NatsHints implements HintSource {
  readonly #connection: NatsConnection;
  readonly #inbox: () => string;
  /** Stream of its pool. */
  readonly #stream: string;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #bundle: number;
  /** Warmest first. */
  #consumers: string[] = [];
  #want: { readonly room: () => number; readonly take: (delivery: Delivery) => void } | undefined;
  /** Deliveries of bundles that held more than there was room for. */
  #spare: Delivery[] = [];
  #giveBack: ((delivery: Delivery) => void) | undefined;
  #isClosed = false;
  #isSweeping = false;
  #isWoken = false;

  private constructor(
    { connection, inbox }: Awaited<ReturnType<typeof connectNats>>,
    { queue, pool, slots, log, server }: NatsHintsOptions,
  ) {
    this.#connection = connection;
    this.#inbox = inbox;
    const names = new QueueNames(queue);
    this.#stream = names.stream(pool);
    this.#log = (line, about) => log(`${server}: ${line}`, about);
    this.#bundle = bundleLimit(slots);
    connection.subscribe(names.wake(pool), {
      callback: (_error, message) => {
        this.#note(message.string());
        this.#sweep();
      },
    });
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  static async open(options: NatsHintsOptions): Promise<NatsHints> {
    let onReturn: () => void = () => undefined;
    const hints = new NatsHints(await connectNats(options, () => onReturn()), options);
    onReturn = () => void hints.#findConsumers();
    void hints.#findConsumers();
    return hints;
  }

  want(room: () => number, take: (delivery: Delivery) => void): void {
    this.#want = { room, take };
    this.#sweep();
  }

  stop(giveBack: (delivery: Delivery) => void): void {
    this.#want = undefined;
    this.#giveBack = giveBack;
    for (const delivery of this.#spare.splice(0)) giveBack(delivery);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#want = undefined;
    await this.#connection.close();
  }

  /** The coordinator makes the stream of a pool when its first worker comes: it is there a moment later. */
  async #findConsumers(): Promise<void> {
    for (let tries = 1; !(await this.#hasFoundConsumers()); tries++) {
      if (this.#isClosed) return;
      if (tries === TRIES) {
        // It may come yet: the first wake names the first consumer.
        this.#log("this NATS server does not have the coordinator's queue: do both use the same --nats?", {
          level: 'error',
        });
        return;
      }
      await sleep(RETRY_MS);
    }
    this.#sweep();
  }

  async #hasFoundConsumers(): Promise<boolean> {
    try {
      const manager = await jetstreamManager(this.#connection, { checkAPI: false });
      for await (const { name } of manager.consumers.list(this.#stream)) this.#note(name);
      return true;
    } catch {
      return false;
    }
  }

  #note(consumer: string): void {
    if (isConsumerName(consumer) && !this.#consumers.includes(consumer)) this.#consumers.push(consumer);
  }

  /** Asks every consumer, soon; once more afterwards when something has changed meanwhile. */
  #sweep(): void {
    if (this.#isSweeping) {
      this.#isWoken = true;
      return;
    }
    this.#isSweeping = true;
    setTimeout(() => {
      void this.#sweepAll().finally(() => {
        this.#isSweeping = false;
        if (!this.#isWoken) return;
        this.#isWoken = false;
        this.#sweep();
      });
    }, GATHER_MS);
  }

  async #sweepAll(): Promise<void> {
    for (const delivery of this.#spare.splice(0)) this.#take(delivery);
    for (const consumer of [...this.#consumers]) {
      for (;;) {
        const room = this.#want?.room() ?? 0;
        if (room === 0) return;
        const batch = Math.max(1, Math.floor(room / this.#bundle));
        const got = await this.#pull(consumer, batch);
        if (got > 0) this.#warm(consumer);
        if (got < batch) break;
      }
    }
  }

  /** Asks a consumer for at most `batch` messages; resolves to their number. */
  #pull(consumer: string, batch: number): Promise<number> {
    return new Promise((resolve) => {
      // A delivery carries the subject of its stream: only its subscription tells which pull it answers.
      const reply = this.#inbox();
      const subscription = this.#connection.subscribe(reply, {
        callback: (_error, message) => this.#arrived(pull, message),
      });
      const timer = setTimeout(() => pull.done(), PULL_TIMEOUT_MS);
      const pull: Pull = {
        left: batch,
        done: () => {
          clearTimeout(timer);
          subscription.unsubscribe();
          resolve(batch - pull.left);
        },
      };
      const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`;
      this.#connection.publish(subject, JSON.stringify({ batch, no_wait: true }), { reply });
    });
  }

  #arrived(pull: Pull, message: Msg): void {
    // A status, for example 404: nothing is there, or no more than what came.
    if (message.headers !== undefined && message.headers.code > 0) {
      pull.done();
      return;
    }
    const { reply } = message;
    // Not from a stream, so that nobody waits for an answer.
    if (reply === undefined) return;
    const say = (what: string) => {
      // The worker may serve another coordinator by now.
      if (!this.#connection.isClosed()) this.#connection.publish(reply, what);
    };
    const hints = decodeHints(message.string());
    if (hints === undefined) {
      // Not ours, and never will be.
      say('+TERM');
      return;
    }
    const deliveries = shareDelivery(hints, {
      ack: () => say('+ACK'),
      nak: (delayMs) => say(`-NAK {"delay": ${nanos(delayMs)}}`),
      working: () => say('+WPI'),
    });
    pull.left--;
    // Of the run of its first task: most messages are of one run.
    const traceparent = message.headers?.get(TRACEPARENT) ?? '';
    const trace = traceparent === '' ? {} : { traceparent };
    for (const delivery of deliveries) this.#take({ ...delivery, ...trace });
    if (pull.left === 0) pull.done();
  }

  #take(delivery: Delivery): void {
    const want = this.#want;
    if (want !== undefined && want.room() > 0) want.take(delivery);
    else if (this.#giveBack !== undefined) this.#giveBack(delivery);
    else this.#spare.push(delivery);
  }

  #warm(consumer: string): void {
    this.#consumers = [consumer, ...this.#consumers.filter((one) => one !== consumer)];
  }
}
