import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { OodError } from '@oodgrid/protocol';
import { type ConnectRequest, type ConnectResponse, WorkerServiceClient } from '@oodgrid/protocol/wire';
import type {
  Assignment,
  Lease,
  LeaseRef,
  Reporter,
  TaskQueue,
  WorkerInfo,
  WorkerMessage,
} from '../ports.js';
import {
  fromRefused,
  fromWireAssignment,
  MAX_MESSAGE_BYTES,
  malformed,
  splitChunk,
  toWire,
  toWireLease,
  type WireMessage,
} from './wire-codec.js';

export interface WorkerConnectionOptions {
  /** For example `unix:/run/ood.sock`. */
  readonly address: string;
  readonly worker: WorkerInfo;
}

export interface WorkerConnection {
  readonly queue: TaskQueue;
  readonly reporter: Reporter;
  close(): Promise<void>;
}

type Reply = NonNullable<ConnectResponse['reply']>;

/** Connects and registers a worker. Throws `unavailable` when nobody answers, or why the worker was turned away. */
export async function connectWorker({ address, worker }: WorkerConnectionOptions): Promise<WorkerConnection> {
  const client = new WorkerServiceClient(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  });
  const stream = new WorkerStream(client.connect(), address);
  const { workerId, numericsClass, engine, pid } = worker;
  const register = {
    workerId,
    numericsClass,
    engineKind: engine.kind,
    engineVersion: engine.version,
    device: engine.device,
    pid,
  };
  try {
    await stream.ask({ $case: 'register', register });
  } catch (error) {
    client.close();
    throw error;
  }
  return {
    queue: { pull: (signal) => pull(stream, signal) },
    reporter: { send: (message) => send(stream, message), close: () => stream.settled() },
    close: async () => {
      await stream.settled();
      stream.end();
      client.close();
    },
  };
}

async function pull(stream: WorkerStream, signal: AbortSignal): Promise<Lease | undefined> {
  if (signal.aborted) throw new OodError('cancelled', 'the pull was withdrawn');
  const withdraw = () => {
    // The open pull is answered in any case: refused, or with the task that was on its way.
    stream.ask({ $case: 'cancelPull', cancelPull: {} }).catch(() => undefined);
  };
  signal.addEventListener('abort', withdraw, { once: true });
  try {
    const reply = await stream.ask({ $case: 'pull', pull: {} });
    if (reply.$case === 'drained') return undefined;
    if (reply.$case !== 'assignment') throw malformed(`"${reply.$case}" does not answer a pull`);
    return lease(stream, fromWireAssignment(reply.assignment));
  } finally {
    signal.removeEventListener('abort', withdraw);
  }
}

function lease(stream: WorkerStream, assignment: Assignment): Lease {
  const ref: LeaseRef = assignment;
  return {
    ...assignment,
    renew: async () => {
      const reply = await stream.ask({ $case: 'renew', renew: toWireLease(ref) });
      return reply.$case === 'renewed' && reply.renewed.isHeld;
    },
    release: async () => {
      await stream.ask({ $case: 'release', release: toWireLease(ref) });
    },
  };
}

async function send(stream: WorkerStream, message: WorkerMessage): Promise<void> {
  const parts = message.kind === 'chunk' ? splitChunk(message) : [message];
  await Promise.all(parts.map((part) => stream.ask(toWire(part))));
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: OodError) => void;
}

/** Numbers what is sent and matches replies to it. */
class WorkerStream {
  readonly #call: ClientDuplexStream<ConnectRequest, ConnectResponse>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #asked = new Set<Promise<Reply>>();
  #sequence = 0;
  #lost: OodError | undefined;

  constructor(call: ClientDuplexStream<ConnectRequest, ConnectResponse>, address: string) {
    this.#call = call;
    const lose = (reason: string) =>
      this.#lose(
        new OodError('unavailable', `${address}: the connection to the coordinator was lost: ${reason}`),
      );
    call.on('data', (response: ConnectResponse) => this.#settle(response));
    call.on('error', (error: Error) => lose(error.message));
    call.on('end', () => lose('it ended the stream'));
  }

  /** Sends a message and waits for its reply. Throws what the coordinator refused it with. */
  ask(message: WireMessage): Promise<Reply> {
    const reply = new Promise<Reply>((resolve, reject) => {
      if (this.#lost !== undefined) return reject(this.#lost);
      const sequence = ++this.#sequence;
      this.#waiting.set(sequence, { resolve, reject });
      this.#call.write({ sequence, message });
    });
    this.#asked.add(reply);
    return reply.finally(() => this.#asked.delete(reply));
  }

  /** Resolves when nothing waits for a reply any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#asked);
  }

  end(): void {
    this.#call.end();
  }

  #settle({ sequence, reply }: ConnectResponse): void {
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (waiting === undefined) return;
    if (reply === undefined) waiting.reject(malformed('a reply is empty'));
    else if (reply.$case === 'refused') waiting.reject(fromRefused(reply.refused));
    else waiting.resolve(reply);
  }

  #lose(error: OodError): void {
    this.#lost ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }
}
