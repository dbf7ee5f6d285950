import type { Digest, ErrorCode, WorkCounts, WorkSpec } from '@oodgrid/contract';

/** Names one execution of one task. Attempts and tokens are made by the coordinator alone. */
export interface LeaseRef {
  readonly run: string;
  /** Number of the task in its run. */
  readonly task: number;
  /** 1 for the first execution; grows by one each time the task is handed out. */
  readonly attempt: number;
  /** Fencing token: only the holder of a live lease knows it. */
  readonly token: string;
}

/** A queue's message: the id of a task that may be ready. Only the coordinator grants the lease. */
export interface Hint {
  readonly run: string;
  readonly task: number;
}

/** Some rows of one unit's result: row r of `data` is row `offsetRows + r` of the task. */
export interface ChunkMessage extends LeaseRef {
  readonly kind: 'chunk';
  readonly key: Digest;
  readonly offsetRows: number;
  readonly rows: number;
  readonly columns: number;
  /** Row-major, `rows * columns` values. */
  readonly data: Float32Array;
}

/** One unit of a `fit` task is done; its parameters are in `blob`. */
export interface FittedMessage extends LeaseRef {
  readonly kind: 'fitted';
  readonly key: Digest;
  readonly blob: Digest;
}

/** Every unit of the task was sent. `seconds` is wall time from start to end. */
export interface DoneMessage extends LeaseRef {
  readonly kind: 'done';
  readonly work: WorkCounts;
  readonly seconds: number;
}

/**
 * Whose failure it is that an attempt came to nothing: of the computation itself; of the worker (its disk, its
 * cache, its engine, its way to the coordinator's blobs); or of the coordinator's store, which lacks a blob or gave
 * other bytes. Decided by where the error arose.
 */
export type FailureOrigin = 'task' | 'worker' | 'store';

/** The attempt failed; the coordinator decides whether there is another. */
export interface FailedMessage extends LeaseRef {
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly origin: FailureOrigin;
  /** With origin `store`: the blob that could not be had. */
  readonly blob: Digest | null;
  /** The last lines that the executor wrote. */
  readonly logTail: string;
}

/** The task is handed back uncomputed. */
export interface ReleasedMessage extends LeaseRef {
  readonly kind: 'released';
}

/** A message that must not be lost: numbered by the worker, and sent again until it is acknowledged. */
export type ReliableMessage = ChunkMessage | FittedMessage | DoneMessage | FailedMessage | ReleasedMessage;

export type WorkerMessage =
  | { readonly kind: 'reliable'; readonly sequence: number; readonly message: ReliableMessage }
  /** Asks for the lease of a task; without a hint, for the next task of the worker's class, as soon as there is one. */
  | { readonly kind: 'lease-request'; readonly requestId: number; readonly hint: Hint | null }
  /** Keeps the leases of tasks that advance. `trouble`: why it takes no tasks now; empty when it is well. */
  | {
      readonly kind: 'heartbeat';
      readonly leases: readonly LeaseRef[];
      readonly doing: string;
      readonly trouble: string;
      /** It ends: it gets no more tasks, and `drain` as an answer, behind every grant that is on its way. */
      readonly isLeaving?: boolean;
    }
  /** Work so far in an attempt; for display. */
  | { readonly kind: 'progress'; readonly lease: LeaseRef; readonly work: WorkCounts }
  /** A line for the run's log. */
  | { readonly kind: 'log'; readonly lease: LeaseRef; readonly line: string };

export type CoordinatorMessage =
  | {
      readonly kind: 'registered';
      readonly leaseMs: number;
      readonly windowBytes: number;
      /** Id of the coordinator's own queue; null: it has none, and is asked itself for tasks. */
      readonly queue: string | null;
    }
  | {
      readonly kind: 'granted';
      readonly requestId: number;
      readonly lease: LeaseRef;
      readonly task: WorkSpec;
      /** W3C trace context of the lease, where somebody traces. */
      readonly traceparent?: string;
    }
  /** No lease: drop the hint, or (`retryMs`) try again later. */
  | { readonly kind: 'denied'; readonly requestId: number; readonly retryMs: number | null }
  /** Everything up to this number is durable, or was refused. */
  | { readonly kind: 'ack'; readonly upTo: number }
  /** The message with this number was refused and had no effect. */
  | {
      readonly kind: 'refused';
      readonly sequence: number;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** Stop computing: the lease is over. */
  | { readonly kind: 'cancel'; readonly lease: LeaseRef }
  /** Take no more tasks; finish what you have. */
  | { readonly kind: 'drain' }
  /** It gets no tasks for a while, because of what went wrong on it; 0 ms: it does again. */
  | { readonly kind: 'set-aside'; readonly reason: string; readonly forMs: number }
  /** Another process claims this worker's id: a worker that lives answers with a heartbeat. */
  | { readonly kind: 'probe' };

/** A worker's description of itself when it connects. */
export interface WorkerInfo {
  readonly workerId: string;
  /** New for each start of the worker process: a restarted worker does not hold its former leases. */
  readonly incarnation: string;
  /** Workers of one class give the same bits for the same task; results of different classes never mix. */
  readonly numericsClass: string;
  readonly engine: { readonly kind: string; readonly version: string; readonly device: string };
  readonly host: string;
  readonly pid: number;
  /** Tasks that it holds at once. */
  readonly slots: number;
  /** Memory that its tasks may use together. */
  readonly memoryBytes: number;
}

/** The first message on a connection. */
export interface Registration {
  /** The oldest wire version that the worker speaks. */
  readonly protocol: number;
  readonly worker: WorkerInfo;
  /** Known to this process alone: whoever has it may take the worker's connection over. */
  readonly proof: string;
  /** Leases that it believes to hold. */
  readonly held: readonly LeaseRef[];
  /** Number of the first reliable message that it will send on this connection. */
  readonly nextSequence: number;
}

/** One connected worker, as the coordinator sees it. */
export interface WorkerPeer {
  send(message: CoordinatorMessage): void;
  /** Ends the connection; the worker may come back. */
  close(reason: string): void;
}

/** The coordinator's side of the stream: what a transport calls. All calls return at once. */
export interface WorkerHandler {
  /** First call for every connection. Throws OodError to turn the worker away. */
  register(peer: WorkerPeer, registration: Registration): void;
  receive(peer: WorkerPeer, message: WorkerMessage): void;
  disconnected(peer: WorkerPeer): void;
}

/** Content-addressed bytes. */
export interface BlobStore {
  /**
   * Returns after the bytes are durable; a blob that is there already is not written again.
   * @throws OodError `resource-exhausted` when there is no room; nothing is left half-written.
   */
  put(bytes: Uint8Array): Promise<Digest>;
  /** @throws OodError `not-found`, or `corrupt-data` when the bytes do not have that digest. */
  get(digest: Digest): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
}

/** A blob of a store that can be listed. */
export interface KeptBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /** Time of its writing. */
  readonly modifiedMs: number;
}

/** The blobs of a whole cluster, which its coordinator keeps. A damaged blob counts as missing once it is found. */
export interface CentralBlobStore extends BlobStore {
  /** As `put`, from pieces as they come. Throws `corrupt-data` when they have another digest. */
  putPieces(digest: Digest, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** As `get`, in pieces; of a large blob `corrupt-data` may come after the last one. */
  pieces(digest: Digest): AsyncGenerator<Uint8Array>;
  /** Takes a durable file in as the blob that it is; the file is gone then. */
  adopt(file: string, digest: Digest): Promise<void>;
  /** As `has`, and reads the bytes in any case: for whoever has reason to doubt them. */
  verify(digest: Digest): Promise<boolean>;
  /** Whether there is such a blob, at once, whatever is in it. */
  isThere(digest: Digest): boolean;
  list(): AsyncGenerator<KeptBlob>;
  remove(digest: Digest): Promise<void>;
}

/** One message of the queue: ids only. */
export interface QueueMessage extends Hint {
  /** Unique for each publication: a queue drops a repeated id without a word. */
  readonly id: string;
  /** Pool and model: where it is published. */
  readonly pool: string;
  readonly model: string;
  /** The most hints that reach a worker in one message: see `bundleLimit`. */
  readonly bundle: number;
}

const MAX_BUNDLE = 64;

/**
 * Hints that may travel together to a worker with so many places: those who hold few tasks, because tasks are
 * long, get them one by one, so that none keeps what another could do.
 */
export const bundleLimit = (slots: number): number =>
  Math.max(1, Math.min(MAX_BUNDLE, Math.floor(slots / 8)));

/** The coordinator's side of a queue. What it loses is published again, so it never fails a caller. */
export interface TaskPublisher {
  publish(message: QueueMessage): void;
  /** Makes void all that was published for a pool (null: for any): it is removed before anything published later. */
  clear(pool: string | null): void;
}

/** A hint that a queue delivered, and what to tell the queue about it. */
export interface Delivery {
  readonly hint: Hint;
  /** W3C trace context that came in the header of its message. */
  readonly traceparent?: string;
  /** It is dealt with: never deliver it again. */
  ack(): void;
  /** Deliver it again, to anyone, not before `delayMs`. */
  nak(delayMs: number): void;
  /** Its task still advances: do not deliver it again yet. */
  working(): void;
}

/** A worker's side of the queue. */
export interface HintSource {
  /** From now on `take` is called with a delivery whenever there is one and `room()` is not 0. */
  want(room: () => number, take: (delivery: Delivery) => void): void;
  /**
   * From now on nothing is taken: what is at hand, and what is still on its way, goes to `giveBack`, which says what
   * becomes of it.
   */
  stop(giveBack: (delivery: Delivery) => void): void;
  close(): Promise<void>;
}
