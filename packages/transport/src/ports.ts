import type { Digest, ErrorCode, TaskSpec, WorkCounts } from '@oodgrid/protocol';

/** Names one execution of one task; the coordinator alone gives attempts and tokens. */
export interface LeaseRef {
  readonly taskId: string;
  /** 1 for the first execution; grows by one each time the task is handed out again. */
  readonly attempt: number;
  /** Fencing token: a message that carries a token other than the task's present one is refused. */
  readonly token: string;
}

/** A task that was handed to a worker, before the transport adds `renew` and `release`. */
export interface Assignment extends LeaseRef {
  readonly task: TaskSpec;
}

/** The right to execute a task until it ends, is released, or is not renewed in time. */
export interface Lease extends Assignment {
  /** Resolves to false when the lease is lost: stop computing, the results would be refused. */
  renew(): Promise<boolean>;
  /** Hands the task back uncomputed; it becomes ready for another worker. Has no effect after the end. */
  release(): Promise<void>;
}

/** Where a worker gets its tasks. */
export interface TaskQueue {
  /**
   * Waits for a task. `undefined` means that the run is drained: stop pulling.
   * @throws OodError `cancelled` when `signal` aborts, `unavailable` when the coordinator is gone.
   */
  pull(signal: AbortSignal): Promise<Lease | undefined>;
}

/** Some rows of one unit's result: row r of `data` belongs to position `from + offsetRows + r` of the task's order. */
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

/** Every unit of the task was sent. `seconds` is wall time from lease to end. */
export interface DoneMessage extends LeaseRef {
  readonly kind: 'done';
  readonly work: WorkCounts;
  readonly seconds: number;
}

/** The attempt failed; the coordinator decides whether there is another. */
export interface FailedMessage extends LeaseRef {
  readonly kind: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** Work done so far in this attempt; for display and liveness only. */
export interface ProgressMessage extends LeaseRef {
  readonly kind: 'progress';
  readonly work: WorkCounts;
}

export type WorkerMessage = ChunkMessage | FittedMessage | DoneMessage | FailedMessage | ProgressMessage;

/** How a worker sends its results back. Messages of one reporter arrive in the order of the calls. */
export interface Reporter {
  /**
   * Resolves when the coordinator has durably accepted the message.
   * @throws OodError with the coordinator's code if it refused it, `unavailable` if the connection was lost
   *   before the acknowledgement (the message may or may not have been accepted: sending it again is safe).
   */
  send(message: WorkerMessage): Promise<void>;
  /** Waits for what was sent to be acknowledged, then stops taking messages. */
  close(): Promise<void>;
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

/** What a worker says of itself when it connects. */
export interface WorkerInfo {
  readonly workerId: string;
  /** Workers of one class give the same bits for the same task; results of different classes never mix. */
  readonly numericsClass: string;
  readonly engine: { readonly kind: string; readonly version: string; readonly device: string };
  readonly pid: number;
}

/** The coordinator's side: what a transport calls for its workers. */
export interface WorkerHandler {
  /** Called once a connection, before anything else. Throws OodError to turn the worker away. */
  register(worker: WorkerInfo): Promise<void>;
  /**
   * Waits for a task for this worker; `undefined` when the run is drained. `signal` aborts when the worker
   * withdraws the pull or disconnects: a task must not be assigned after that.
   */
  pull(workerId: string, signal: AbortSignal): Promise<Assignment | undefined>;
  /** False when `ref` is not the task's present lease. */
  renew(ref: LeaseRef): Promise<boolean>;
  /** The worker gives the task back uncomputed. A ref that is not the present lease has no effect. */
  release(ref: LeaseRef): Promise<void>;
  /** Resolves when the message is durable; throws OodError to refuse it. Called in order, one at a time per worker. */
  accept(workerId: string, message: WorkerMessage): Promise<void>;
  /** Called once for each registered connection when it ends, however it ends. */
  disconnected(workerId: string): void;
}
