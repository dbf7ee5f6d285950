import {
  AckPolicy,
  type JetStreamManagerOptions,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { headers as createHeaders, type Msg, type NatsConnection, nanos } from '@nats-io/transport-node';
import { OodError } from '@oodgrid/contract';
import { TRACEPARENT } from '../grpc/unary.js';
import type { QueueMessage, TaskPublisher } from '../ports.js';
import { connectNats, type NatsOptions } from './connect-nats.js';
import { encodeHints } from './hint-codec.js';
import { consumerName, QueueNames } from './names.js';
import { isStored } from './pub-ack.js';

export interface NatsPublisherOptions extends NatsOptions {
  /** Id of the coordinator's own queue. */
  readonly queue: string;
  /** Servers of a NATS cluster that hold each stream: with 3 a queue goes on when one of them is lost. */
  readonly replicas: number;
  /** The queue is back and may have lost what it held. */
  readonly onReturn: () => void;
  /** W3C trace context of a run, where somebody traces. */
  readonly contextOf?: (run: string) => string | undefined;
  /** A message could not be published; it will be published again by whoever keeps the tasks. */
  readonly onLost: () => void;
}

const DUPLICATE_WINDOW_MS = 120_000;
/** A message that is not acknowledged within this time is delivered again; the coordinator then says what it is worth. */
const ACK_WAIT_MS = 60_000;
/** Time within which the server has to tell the length of the queue. */
const LENGTH_MS = 1000;
const MAX_ACK_PENDING = 100_000;

/** Publishes tasks to JetStream work queues, one for each pool. */
export class NatsPublisher implements TaskPublisher {
  readonly #options: NatsPublisherOptions;
  readonly #names: QueueNames;
  #connection: NatsConnection | undefined;
  /** Subject on which the server answers publications. */
  #inbox = '';
  /** Subjects whose stream and consumer this process has made. */
  readonly #ready = new Set<string>();
  /** Messages published in this turn, by subject. */
  #gathered = new Map<string, [QueueMessage, ...QueueMessage[]]>();
  /** Messages that wait until the server has made a consumer or emptied a queue. */
  #held: QueueMessage[] = [];
  #openOrders = 0;
  #lastOrder: Promise<void> = Promise.resolve();

  private constructor(options: NatsPublisherOptions) {
    this.#options = options;
    this.#names = new QueueNames(options.queue);
  }

  /** Connects. Throws `unavailable` when there is no server, or none with JetStream. */
  static async open(options: NatsPublisherOptions): Promise<NatsPublisher> {
    const publisher = new NatsPublisher(options);
    const { connection, inbox } = await connectNats(options, () => publisher.#returned());
    publisher.#connection = connection;
    publisher.#inbox = inbox();
    connection.subscribe(publisher.#inbox, { callback: (_error, message) => publisher.#answered(message) });
    await publisher.#removeFormerStream();
    return publisher;
  }

  publish(message: QueueMessage): void {
    const { pool, model } = message;
    const subject = this.#names.subject(pool, model);
    const isMade = this.#ready.has(subject);
    if (isMade && this.#openOrders === 0) {
      this.#gather(message);
      return;
    }
    this.#held.push(message);
    if (isMade) return;
    this.#ready.add(subject);
    this.#order(() => this.#makeConsumer(pool, model));
  }

  clear(pool: string | null): void {
    const stays = (message: QueueMessage | undefined) => pool !== null && message?.pool !== pool;
    this.#held = this.#held.filter(stays);
    for (const [subject, [first]] of this.#gathered) if (!stays(first)) this.#gathered.delete(subject);
    this.#order(() => this.#purge(pool));
  }

  /** Messages that the server holds, delivered or not. Throws `unavailable` when it does not answer. */
  async length(): Promise<number> {
    try {
      const manager = await this.#manager({ timeout: LENGTH_MS, checkAPI: false });
      let messages = 0;
      for await (const { state } of manager.streams.list(this.#names.allTasks)) messages += state.messages;
      return messages;
    } catch (cause) {
      throw new OodError('unavailable', `NATS does not answer: ${OodError.from(cause).message}`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** Asks something of the server, one thing after the other; publications wait for it. */
  #order(work: () => Promise<void>): void {
    this.#openOrders++;
    this.#lastOrder = this.#lastOrder
      .then(work)
      // What waits would only fail as well: it is published again by whoever keeps the tasks.
      .catch(() => {
        for (const _message of this.#held.splice(0)) this.#lost();
        this.#lost();
      })
      .then(() => {
        this.#openOrders--;
        if (this.#openOrders === 0) for (const message of this.#held.splice(0)) this.publish(message);
      });
  }

  /** Adds a message to those of this turn: per subject they are sent in as few messages as possible. */
  #gather(message: QueueMessage): void {
    const subject = this.#names.subject(message.pool, message.model);
    if (this.#gathered.size === 0) setImmediate(() => this.#sendGathered());
    const known = this.#gathered.get(subject);
    if (known === undefined) this.#gathered.set(subject, [message]);
    else known.push(message);
  }

  #sendGathered(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [subject, messages] of gathered) {
      const { pool, model, bundle } = messages[0];
      for (let from = 0; from < messages.length; from += bundle) {
        const [first, ...rest] = messages.slice(from, from + bundle);
        if (first !== undefined) this.#send(subject, [first, ...rest]);
      }
      this.#connection?.publish(this.#names.wake(pool), consumerName(model));
    }
  }

  /** Not waited for: what the server refuses is told on the inbox, and what it loses is published again. */
  #send(subject: string, messages: readonly [QueueMessage, ...QueueMessage[]]): void {
    const headers = createHeaders();
    headers.set('Nats-Msg-Id', messages[0].id);
    const context = this.#options.contextOf?.(messages[0].run);
    if (context !== undefined) headers.set(TRACEPARENT, context);
    this.#connection?.publish(subject, encodeHints(messages), { headers, reply: this.#inbox });
  }

  /** The server's answer to a publication; most are that it is stored. */
  #answered(message: Msg): void {
    // A status, for example 503: nobody listens there, so the stream is gone.
    const isStatus = message.headers !== undefined && message.headers.code > 0;
    if (isStatus || !isStored(message.string())) this.#lost();
  }

  /** The server is away or has forgotten the stream: both are set right when the tasks are published again. */
  #lost(): void {
    this.#ready.clear();
    this.#options.onLost();
  }

  async #manager(options?: JetStreamManagerOptions) {
    if (this.#connection === undefined) throw new OodError('unavailable', 'NATS is not connected');
    return jetstreamManager(this.#connection, options);
  }

  /** Moves the messages of the former stream to the streams of their pools, and deletes it. */
  async #removeFormerStream(): Promise<void> {
    const manager = await this.#manager();
    await manager.streams.delete(this.#names.formerStream).catch(() => false);
  }

  async #makeStream(pool: string): Promise<void> {
    const manager = await this.#manager();
    const stream = this.#names.stream(pool);
    const known = await manager.streams.info(stream).catch(() => undefined);
    const { replicas } = this.#options;
    if (known !== undefined) {
      if (known.config.num_replicas !== replicas)
        await manager.streams.update(stream, { num_replicas: replicas });
      return;
    }
    await manager.streams.add({
      name: stream,
      subjects: [this.#names.tasks(pool)],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      num_replicas: replicas,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
  }

  async #makeConsumer(pool: string, model: string): Promise<void> {
    await this.#makeStream(pool);
    const manager = await this.#manager();
    await manager.consumers.add(this.#names.stream(pool), {
      durable_name: consumerName(model),
      filter_subject: this.#names.subject(pool, model),
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: MAX_ACK_PENDING,
    });
  }

  /** Removes messages, also those that workers have in hand: what they say of them has no effect. */
  async #purge(pool: string | null): Promise<void> {
    const manager = await this.#manager();
    if (pool !== null) {
      await this.#makeStream(pool);
      await manager.streams.purge(this.#names.stream(pool));
      return;
    }
    for await (const stream of manager.streams.names(this.#names.allTasks))
      await manager.streams.purge(stream);
  }

  #returned(): void {
    this.#ready.clear();
    this.#options.onReturn();
  }
}
