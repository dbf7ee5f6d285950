import { type SyntheticTask, sha256 } from '@oodgrid/contract';
import type {
  ChunkMessage,
  CoordinatorMessage,
  Delivery,
  LeaseRef,
  ReliableMessage,
  WorkerMessage,
} from '@oodgrid/transport';
import { WorkerSession } from '../src/session/worker-session.js';

export const TASK: SyntheticTask = {
  kind: 'synthetic',
  of: 'score',
  key: sha256('key'),
  seed: 1,
  reads: [],
  rows: 2,
  milliseconds: 0,
  fault: 'none',
};

export const NO_WORK = { images: 0, forwards: 0, gradients: 0 };
export const NO_INPUTS = { hits: 0, misses: 0 };

export const leaseOf = (token: string): LeaseRef => ({ run: 'run', task: 1, attempt: 1, token });

/** Two rows of a lease's result. */
export const chunkOf = (token: string, offsetRows = 0): ChunkMessage => ({
  kind: 'chunk',
  ...leaseOf(token),
  key: TASK.key,
  offsetRows,
  rows: 2,
  columns: 1,
  data: Float32Array.of(1, 2),
});

/** A session, and what goes over its connection and to its worker. */
export class Conversation {
  readonly session: WorkerSession;
  said: WorkerMessage[] = [];
  /** What its worker was told, in order. */
  readonly told: string[] = [];
  #requests = 0;

  constructor(slots = 4) {
    this.session = new WorkerSession({
      worker: {
        workerId: 'w',
        incarnation: 'i',
        numericsClass: 'class',
        engine: { kind: 'none', version: '1', device: 'cpu' },
        host: 'here',
        pid: 1,
        slots,
        memoryBytes: 1,
      },
      proof: 'proof',
      doing: () => 'this and that',
      onStart: ({ token }) => this.told.push(`start ${token}`),
      onCancel: ({ token }) => this.told.push(`cancel ${token}`),
      onRoom: () => this.told.push('room'),
      onDrain: () => this.told.push('drain'),
      onSetAside: (reason, forMs) => this.told.push(`set aside ${forMs}: ${reason}`),
    });
  }

  /** A connection stands; what was said over the one before is forgotten. */
  connect(windowBytes = 1024): void {
    this.said = [];
    this.session.connected((message) => this.said.push(message));
    this.hear({ kind: 'registered', leaseMs: 1000, windowBytes, queue: 'q' });
  }

  hear(message: CoordinatorMessage): void {
    this.session.receive(message);
  }

  /** Asks, and is given a lease. */
  grant(token: string, delivery: Delivery | null = null): void {
    this.session.request(delivery);
    this.hear({ kind: 'granted', requestId: ++this.#requests, lease: leaseOf(token), task: TASK });
  }

  /** Number of leases that it says to hold. */
  get held(): number {
    return this.session.registration().held.length;
  }

  /** Reliable messages by number. */
  get frames(): readonly (readonly [number, ReliableMessage['kind']])[] {
    return this.said.flatMap((message) =>
      message.kind === 'reliable' ? [[message.sequence, message.message.kind] as const] : [],
    );
  }

  /** The last message of that kind. */
  last<K extends WorkerMessage['kind']>(kind: K): Extract<WorkerMessage, { kind: K }> | undefined {
    return this.said.findLast(
      (message): message is Extract<WorkerMessage, { kind: K }> => message.kind === kind,
    );
  }
}

/** A delivery that notes what the queue is told of it. */
export function delivery(task = 1): Delivery & { readonly told: string[] } {
  const told: string[] = [];
  return {
    hint: { run: 'run', task },
    told,
    ack: () => told.push('ack'),
    nak: (delayMs) => told.push(`nak ${delayMs}`),
    working: () => told.push('working'),
  };
}
