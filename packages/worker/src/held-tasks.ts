import { type Digest, type Log, OodError, type WorkSpec } from '@oodgrid/contract';
import { type LeaseRef, splitChunk } from '@oodgrid/transport';
import { AttemptError, ownDuty } from './attempt-error.js';
import type { ExecutorPool } from './executor/executor-pool.js';
import type { OfTask } from './executor/messages.js';
import type { WorkerSession } from './session/worker-session.js';
import { TaskTraces } from './task-traces.js';

/** Fetches and stores blobs. Errors say whose failure it was (`AttemptError`). */
export interface BlobAccess {
  /** Resolves when everything that the task reads lies in the executors' blob folder, to a function that releases it. */
  fetch(task: WorkSpec): Promise<() => void>;
  /** Returns when the coordinator has a blob of that folder. */
  publish(digest: Digest): Promise<void>;
  /** An executor found a blob of that folder missing or damaged: returns when it is there and whole. */
  heal(digest: Digest, found: AttemptError): Promise<void>;
}

export interface HeldTasksOptions {
  readonly pool: () => Pick<ExecutorPool, 'start' | 'stop' | 'ready'>;
  readonly session: () => WorkerSession | undefined;
  readonly blobs: BlobAccess;
  readonly log: Log;
  /** Told of every failure of the worker's own. */
  readonly onOwnFailure: (error: AttemptError) => void;
  /** Left out: nobody traces. */
  readonly traces?: TaskTraces;
  /** Told how long a task took that is done. */
  readonly onDone?: (seconds: number) => void;
}

interface Held {
  readonly lease: LeaseRef;
  readonly task: WorkSpec;
  isCancelled: boolean;
  /** Lets go of its blobs. */
  release: () => void;
  /** Blobs that were fetched again for it. */
  heals: number;
}

/** Another attempt can only help where the moment was bad, not the input. */
const RETRYABLE: ReadonlySet<AttemptError['code']> = new Set(['unavailable', 'resource-exhausted']);
/** A disk that damages what was just fetched is no disk to compute from. */
const MAX_HEALS = 3;

/** The tasks that this worker has leases for, from the grant to the message that ends the lease. */
export class HeldTasks {
  readonly #options: HeldTasksOptions;
  readonly #traces: TaskTraces;
  readonly #held = new Map<string, Held>();
  /** Counts of tasks by outcome, and the images of those that were done. */
  readonly ended = { done: 0, failed: 0, 'handed back': 0, images: 0 };

  constructor(options: HeldTasksOptions) {
    this.#options = options;
    this.#traces = options.traces ?? new TaskTraces();
  }

  get size(): number {
    return this.#held.size;
  }

  leaseOf(token: string | undefined): LeaseRef | undefined {
    return token === undefined ? undefined : this.#held.get(token)?.lease;
  }

  start(lease: LeaseRef, task: WorkSpec, traceparent?: string): void {
    this.#traces.started(lease, traceparent);
    const held: Held = { lease, task, isCancelled: false, release: () => undefined, heals: 0 };
    this.#held.set(lease.token, held);
    // What the next task needs is fetched while the present one is computed.
    this.#options.blobs
      .fetch(task)
      .then((release) => {
        held.release = release;
        this.#compute(held);
      })
      .catch((thrown: unknown) => this.failed(lease.token, AttemptError.from(thrown), ''));
  }

  cancel({ token }: LeaseRef): void {
    const held = this.#held.get(token);
    if (held !== undefined) held.isCancelled = true;
    this.#forget(token);
    this.#options.pool().stop(token);
  }

  /** Stops everything between batches; it is handed back. */
  stopAll(): void {
    for (const [token, held] of this.#held) {
      held.isCancelled = true;
      this.#options.pool().stop(token);
    }
  }

  /** Hands everything back because of a failure of the worker's own. */
  failAll(error: AttemptError): void {
    for (const token of [...this.#held.keys()]) this.failed(token, error, '');
  }

  fromExecutor(message: OfTask): void {
    const held = this.#held.get(message.token);
    const session = this.#options.session();
    if (held === undefined || session === undefined) return;
    const { lease } = held;
    switch (message.kind) {
      case 'chunk': {
        const { key, offsetRows, rows, columns, data } = message;
        const pieces = splitChunk({ kind: 'chunk', ...lease, key, offsetRows, rows, columns, data });
        for (const [i, piece] of pieces.entries()) {
          const isLast = i === pieces.length - 1;
          const span = this.#traces.chunk(message.token, piece.rows);
          session.chunk(piece, () => {
            span?.end();
            if (isLast && message.wantsReady) this.#options.pool().ready(message.token);
          });
        }
        return;
      }
      case 'progress':
        this.#traces.advanced(message.token);
        session.progress(lease, message.work);
        return;
      case 'done':
        void this.#done(lease, message);
        return;
      case 'failed': {
        const { code, message: text, origin, blob } = message;
        const error = new AttemptError(new OodError(code, text), origin, blob);
        if (blob === null) this.failed(message.token, error, '');
        else void this.#heal(held, blob, error);
        return;
      }
      case 'stopped':
        this.#forget(message.token);
        this.ended['handed back']++;
        session.end({ kind: 'released', ...lease });
        return;
    }
  }

  failed(token: string, error: AttemptError, logTail: string): void {
    const held = this.#held.get(token);
    if (held?.isCancelled === true) {
      this.fromExecutor({ kind: 'stopped', token });
      return;
    }
    const lease = this.#forget(token);
    if (lease === undefined) return;
    const { code, message, origin, blob } = error;
    this.ended[origin === 'task' ? 'failed' : 'handed back']++;
    this.#options.log(`task ${lease.task} of ${lease.run} failed: ${message}`, {
      level: 'error',
      run: lease.run,
      task: String(lease.task),
    });
    const failure = {
      code,
      message,
      retryable: RETRYABLE.has(code),
      logTail,
      origin,
      blob: origin === 'store' ? blob : null,
    };
    this.#options.session()?.end({ kind: 'failed', ...lease, ...failure });
    if (origin === 'worker') this.#options.onOwnFailure(error);
  }

  #compute(held: Held): void {
    if (held.isCancelled) {
      this.fromExecutor({ kind: 'stopped', token: held.lease.token });
      // It may have been forgotten before it had anything to let go of.
      letGo(held);
    } else this.#options.pool().start(held.lease.token, held.task);
  }

  /** A blob of the cache is fetched again, and the task begun anew: that is no failed attempt. */
  async #heal(held: Held, blob: Digest, found: AttemptError): Promise<void> {
    const { token } = held.lease;
    if (++held.heals > MAX_HEALS) {
      this.failed(token, found, '');
      return;
    }
    try {
      await this.#options.blobs.heal(blob, found);
      this.#options.log(`blob ${blob} was fetched again (${found.message}); its task begins anew`, {
        level: 'warn',
        run: held.lease.run,
        task: String(held.lease.task),
      });
      if (this.#held.get(token) === held) this.#compute(held);
    } catch (thrown) {
      this.failed(token, AttemptError.from(thrown), '');
    }
  }

  async #done(lease: LeaseRef, message: Extract<OfTask, { kind: 'done' }>): Promise<void> {
    try {
      for (const { key, blob } of message.fitted) {
        await ownDuty(this.#options.blobs.publish(blob));
        this.#options.session()?.fitted({ kind: 'fitted', ...lease, key, blob });
      }
      this.#forget(lease.token);
      this.ended.done++;
      this.ended.images += message.work.images;
      this.#options.session()?.end({ kind: 'done', ...lease, work: message.work, seconds: message.seconds });
      this.#options.onDone?.(message.seconds);
    } catch (thrown) {
      this.failed(lease.token, AttemptError.from(thrown), '');
    }
  }

  /** Drops a task that has ended here and returns its lease. */
  #forget(token: string): LeaseRef | undefined {
    const held = this.#held.get(token);
    this.#held.delete(token);
    this.#traces.ended(token);
    if (held !== undefined) letGo(held);
    return held?.lease;
  }
}

/** Releases the blobs of a task; once, however often it is called. */
function letGo(held: Held): void {
  held.release();
  held.release = () => undefined;
}
