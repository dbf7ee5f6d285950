import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { type Digest, OodError, type WorkSpec } from '@oodgrid/protocol';
import {
  connectWorker,
  type HintSource,
  type LeaseRef,
  splitChunk,
  type WorkerLink,
} from '@oodgrid/transport';
import { ExecutorPool } from './executor/executor-pool.js';
import type { FromExecutor } from './executor/messages.js';
import type { ExecutorSettings } from './executor/settings.js';
import { WorkerSession } from './session/worker-session.js';

/** How blobs come to this machine and leave it. */
export interface BlobAccess {
  /** Resolves when everything that the task reads lies in the executors' blob folder; gives what lets go of it. */
  fetch(task: WorkSpec): Promise<() => void>;
  /** Returns when the coordinator has a blob of that folder. */
  publish(digest: Digest): Promise<void>;
}

export interface WorkerOptions {
  readonly workerId: string;
  /** For example `unix:/run/ood.sock` or `127.0.0.1:7433`. */
  readonly address: string;
  readonly executors: number;
  /** Tasks that it holds for each executor: one is computed while the next is made ready. */
  readonly tasksPerExecutor: number;
  readonly memoryBytes: number;
  readonly settings: ExecutorSettings;
  readonly stallMs: number;
  /** How long it waits for another worker of its id to go, before it gives up. */
  readonly conflictMs: number;
  /** Opens the queue for a numerics class and so many places; null: asks the coordinator itself. */
  readonly openHints: ((pool: string, slots: number) => Promise<HintSource>) | null;
  readonly blobs: BlobAccess;
  readonly log: (line: string) => void;
}

interface HeldLease {
  readonly lease: LeaseRef;
  isCancelled: boolean;
  /** Lets go of its blobs. */
  release: () => void;
}

/** Another attempt can only help where the moment was bad, not the input. */
const RETRYABLE: ReadonlySet<OodError['code']> = new Set(['unavailable', 'resource-exhausted']);

const RECONNECT_MS = 100;
const MAX_RECONNECT_MS = 5000;

/**
 * The control process of a worker: it talks with the coordinator and feeds executors, and never loads the
 * engine itself, so that neither a long kernel nor a crash stops its heart-beat.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #pool: ExecutorPool;
  readonly #leases = new Map<string, HeldLease>();
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: OodError) => void = () => undefined;
  #session: WorkerSession | undefined;
  #link: WorkerLink | undefined;
  #hints: HintSource | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #reconnectMs = RECONNECT_MS;
  #isStopping = false;
  #wasRegistered = false;
  /** Since when another worker has its id. */
  #refusedSince: number | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#ended.catch(() => undefined);
    this.#pool = new ExecutorPool({
      executors: options.executors,
      settings: options.settings,
      stallMs: options.stallMs,
      receive: (message) => this.#fromExecutor(message),
      crashed: (token, problem, logTail) => this.#failed(token, problem, logTail),
      line: (token, line) => this.#line(token, line),
      onHopeless: (error) => this.#reject(error),
    });
  }

  /** Process ids of the executors. */
  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  /** Works until it is stopped; rejects when it cannot go on, for example without an engine. */
  async run(): Promise<void> {
    try {
      const { engine, numericsClass } = await this.#pool.loaded();
      const { workerId, executors, tasksPerExecutor, memoryBytes } = this.#options;
      const slots = executors * tasksPerExecutor;
      this.#hints = await this.#options.openHints?.(numericsClass, slots);
      this.#session = new WorkerSession({
        worker: {
          workerId,
          incarnation: randomUUID(),
          numericsClass,
          engine,
          host: hostname(),
          pid: process.pid,
          slots,
          memoryBytes,
        },
        proof: randomBytes(24).toString('base64url'),
        doing: () => this.#doing(),
        onStart: (lease, task) => this.#start(lease, task),
        onCancel: (lease) => this.#cancel(lease),
        onRoom: () => this.#lookForWork(),
        onDrain: () => {
          this.#options.log('drained: takes no more tasks');
          this.#session?.stop();
        },
      });
      if (!this.#isStopping) this.#connect(this.#session);
      await this.#ended;
    } finally {
      this.#isStopping = true;
      clearInterval(this.#heartbeat);
      this.#link?.close();
      await this.#hints?.close();
      await this.#pool.close();
    }
  }

  /**
   * Takes no more tasks, stops the present ones between batches and hands them back; what was computed by
   * then is sent. Ends after `graceMs` at the latest.
   */
  async stop(graceMs: number): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#session?.stop();
    for (const [token, held] of this.#leases) {
      held.isCancelled = true;
      this.#pool.stop(token);
    }
    const until = performance.now() + graceMs;
    while (this.#hasUnfinished() && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#resolve();
  }

  #hasUnfinished(): boolean {
    return this.#session !== undefined && (this.#leases.size > 0 || !this.#session.isSettled);
  }

  #connect(session: WorkerSession): void {
    const { address } = this.#options;
    const link = connectWorker(address, session.registration(), {
      receive: (message) => {
        if (message.kind === 'registered') {
          this.#wasRegistered = true;
          this.#refusedSince = undefined;
          this.#reconnectMs = RECONNECT_MS;
          session.connected((said) => link.send(said));
          this.#beat(message.leaseMs);
        }
        session.receive(message);
      },
      closed: (reason) => {
        session.disconnected();
        clearInterval(this.#heartbeat);
        this.#lost(session, reason);
      },
    });
    this.#link = link;
  }

  #lost(session: WorkerSession, reason: OodError): void {
    if (this.#isStopping && session.isSettled) return;
    // Turned away for what it is: trying again would not help.
    if (reason.code === 'invalid-input' && !this.#wasRegistered) {
      this.#reject(reason);
      return;
    }
    if (reason.code === 'conflict') {
      const { conflictMs, log } = this.#options;
      if (this.#refusedSince === undefined) {
        this.#refusedSince = performance.now();
        log(`${reason.message}; waiting up to ${Math.round(conflictMs / 1000)} s for it to go`);
      } else if (performance.now() - this.#refusedSince > conflictMs) {
        this.#reject(reason);
        return;
      }
    } else this.#options.log(`${reason.message}; connecting again`);
    const wait = this.#reconnectMs * (0.5 + 0.5 * Math.random());
    this.#reconnectMs = Math.min(MAX_RECONNECT_MS, 2 * this.#reconnectMs);
    setTimeout(() => {
      if (!this.#isStopping || !session.isSettled) this.#connect(session);
    }, wait).unref();
  }

  #beat(leaseMs: number): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#session?.heartbeat(), leaseMs / 3);
  }

  #doing(): string {
    const { length } = this.#pool.pids;
    return `${this.#leases.size} tasks on ${length} executors of ${availableParallelism()} cores`;
  }

  #lookForWork(): void {
    const session = this.#session;
    if (session === undefined || !session.isConnected || session.room === 0) return;
    if (this.#hints === undefined) while (session.room > 0) session.request(null);
    else
      this.#hints.want(
        () => (session.isConnected ? session.room : 0),
        (delivery) => session.request(delivery),
      );
  }

  #start(lease: LeaseRef, task: WorkSpec): void {
    const held: HeldLease = { lease, isCancelled: false, release: () => undefined };
    this.#leases.set(lease.token, held);
    // What the next task needs is fetched while the present one is computed.
    this.#options.blobs
      .fetch(task)
      .then((release) => {
        held.release = release;
        if (!held.isCancelled) {
          this.#pool.start(lease.token, task);
          return;
        }
        release();
        this.#fromExecutor({ kind: 'stopped', token: lease.token });
      })
      .catch((thrown: unknown) => {
        if (held.isCancelled) this.#fromExecutor({ kind: 'stopped', token: lease.token });
        else this.#failed(lease.token, OodError.from(thrown), '');
      });
  }

  /** Gives the lease of a task that is over on this side. */
  #forget(token: string): LeaseRef | undefined {
    const held = this.#leases.get(token);
    this.#leases.delete(token);
    held?.release();
    return held?.lease;
  }

  #cancel({ token }: LeaseRef): void {
    const held = this.#leases.get(token);
    if (held !== undefined) held.isCancelled = true;
    this.#forget(token);
    this.#pool.stop(token);
  }

  #fromExecutor(message: Exclude<FromExecutor, { kind: 'loaded' }>): void {
    const lease = this.#leases.get(message.token)?.lease;
    const session = this.#session;
    if (lease === undefined || session === undefined) return;
    switch (message.kind) {
      case 'chunk': {
        const { key, offsetRows, rows, columns, data } = message;
        const pieces = splitChunk({ kind: 'chunk', ...lease, key, offsetRows, rows, columns, data });
        for (const [i, piece] of pieces.entries()) {
          const isLast = i === pieces.length - 1;
          session.chunk(piece, () => {
            if (isLast && message.wantsReady) this.#pool.ready(message.token);
          });
        }
        return;
      }
      case 'progress':
        session.progress(lease, message.work);
        return;
      case 'done':
        void this.#done(lease, message);
        return;
      case 'failed':
        this.#failed(message.token, new OodError(message.code, message.message), '');
        return;
      case 'stopped':
        this.#forget(message.token);
        session.end({ kind: 'released', ...lease });
        return;
    }
  }

  async #done(lease: LeaseRef, message: Extract<FromExecutor, { kind: 'done' }>): Promise<void> {
    const session = this.#session;
    try {
      for (const { key, blob } of message.fitted) {
        await this.#options.blobs.publish(blob);
        session?.fitted({ kind: 'fitted', ...lease, key, blob });
      }
      this.#forget(lease.token);
      session?.end({ kind: 'done', ...lease, work: message.work, seconds: message.seconds });
    } catch (thrown) {
      this.#failed(lease.token, OodError.from(thrown), '');
    }
  }

  #failed(token: string, { code, message }: OodError, logTail: string): void {
    const lease = this.#forget(token);
    if (lease === undefined) return;
    this.#options.log(`task ${lease.task} of ${lease.run} failed: ${message}`);
    this.#session?.end({ kind: 'failed', ...lease, code, message, retryable: RETRYABLE.has(code), logTail });
  }

  #line(token: string | undefined, line: string): void {
    const lease = token === undefined ? undefined : this.#leases.get(token)?.lease;
    if (lease !== undefined) this.#session?.log(lease, line);
    this.#options.log(line);
  }
}
