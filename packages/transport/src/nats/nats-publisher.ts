import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import {
  headers as createHeaders,
  createInbox,
  type Msg,
  type NatsConnection,
  nanos,
} from '@nats-io/transport-node';
import { OodError } from '@oodgrid/protocol';
import type { QueueMessage, TaskPublisher } from '../ports.js';
import { connectNats, type NatsOptions } from './connect-nats.js';
import { encodeHints } from './hint-codec.js';
import { consumerName, STREAM, TASK_SUBJECTS, taskSubject, wakeSubject } from './names.js';

export interface NatsPublisherOptions extends NatsOptions {
  /** The queue is back and may have lost what it held. */
  readonly onReturn: () => void;
  /** A message could not be published; it will be published again by whoever keeps the tasks. */
  readonly onLost: () => void;
}

const DUPLICATE_WINDOW_MS = 120_000;
/** A message whose worker is silent for so long is delivered again; the coordinator then says what it is worth. */
const ACK_WAIT_MS = 60_000;
const MAX_ACK_PENDING = 100_000;

/** Publishes tasks to a JetStream work queue. */
export class NatsPublisher implements TaskPublisher {
  readonly #options: NatsPublisherOptions;
  #connection: NatsConnection | undefined;
  /** True: made; a promise: being made. */
  readonly #consumers = new Map<string, true | Promise<void>>();
  readonly #inbox = createInbox();
  /** What was published in this turn, by subject. */
  #gathered = new Map<string, QueueMessage[]>();

  private constructor(options: NatsPublisherOptions) {
    this.#options = options;
  }

  /** Connects and makes the stream. Throws `unavailable` when there is no server. */
  static async open(options: NatsPublisherOptions): Promise<NatsPublisher> {
    const publisher = new NatsPublisher(options);
    const connection = await connectNats(options, () => void publisher.#returned());
    publisher.#connection = connection;
    connection.subscribe(publisher.#inbox, { callback: (_error, message) => publisher.#answered(message) });
    await publisher.#makeStream();
    return publisher;
  }

  publish(message: QueueMessage): void {
    const { pool, model } = message;
    const name = consumerName(pool, model);
    const made = this.#consumers.get(name);
    if (made === true) {
      this.#gather(message);
      return;
    }
    const making = made ?? this.#makeConsumer(name, taskSubject(pool, model));
    this.#consumers.set(name, making);
    making.then(
      () => {
        this.#consumers.set(name, true);
        this.#gather(message);
      },
      () => this.#lost(),
    );
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** What is published in one turn for one subject travels in as few messages as may be. */
  #gather(message: QueueMessage): void {
    const subject = taskSubject(message.pool, message.model);
    if (this.#gathered.size === 0) setImmediate(() => this.#sendGathered());
    const known = this.#gathered.get(subject);
    if (known === undefined) this.#gathered.set(subject, [message]);
    else known.push(message);
  }

  #sendGathered(): void {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [subject, messages] of gathered) {
      const [{ pool, model, bundle } = { pool: '', model: '', bundle: 1 }] = messages;
      for (let from = 0; from < messages.length; from += bundle) {
        this.#send(subject, messages.slice(from, from + bundle));
      }
      this.#connection?.publish(wakeSubject(pool), consumerName(pool, model));
    }
  }

  /** Not waited for: what the server refuses is told on the inbox, and what it loses is published again. */
  #send(subject: string, messages: readonly QueueMessage[]): void {
    const headers = createHeaders();
    headers.set('Nats-Msg-Id', messages[0]?.id ?? '');
    this.#connection?.publish(subject, encodeHints(messages), { headers, reply: this.#inbox });
  }

  /** The server's answer to a publication; most are that it is stored. */
  #answered(message: Msg): void {
    const isStored = (message.headers?.code ?? 0) === 0 && !message.string().includes('"error"');
    if (!isStored) this.#lost();
  }

  /** The server is away or has forgotten the stream: both are set right when the tasks are published again. */
  #lost(): void {
    this.#consumers.clear();
    this.#options.onLost();
  }

  async #makeStream(): Promise<void> {
    if (this.#connection === undefined) return;
    const manager = await jetstreamManager(this.#connection);
    const config = {
      name: STREAM,
      subjects: [TASK_SUBJECTS],
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    };
    const known = await manager.streams.info(STREAM).catch(() => undefined);
    if (known === undefined) await manager.streams.add(config);
  }

  async #makeConsumer(name: string, filter: string): Promise<void> {
    if (this.#connection === undefined) throw new OodError('unavailable', 'NATS is not connected');
    await this.#makeStream();
    const manager = await jetstreamManager(this.#connection);
    await manager.consumers.add(STREAM, {
      durable_name: name,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: MAX_ACK_PENDING,
    });
  }

  async #returned(): Promise<void> {
    this.#consumers.clear();
    try {
      await this.#makeStream();
    } catch (thrown) {
      this.#options.log(`NATS is back, but its stream could not be made: ${OodError.from(thrown).message}`);
    }
    this.#options.onReturn();
  }
}
