import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { OodError } from '@oodgrid/contract';
import { connectWorker, type Endpoint, type WorkerLink } from '@oodgrid/transport';
import { AttemptError } from './attempt-error.js';
import { doingText } from './doing-text.js';
import { ExecutorPool } from './executor/executor-pool.js';
import { HeldTasks } from './held-tasks.js';
import { watchLifetime } from './lifetime.js';
import { Reconnects } from './reconnects.js';
import { probeFolder, SelfCheck } from './self-check.js';
import { WorkerSession } from './session/worker-session.js';
import { TaskTraces } from './task-traces.js';
import { TasksQueue } from './tasks-queue.js';
import type { WorkerView } from './worker-metrics.js';
import type { WorkerEnd, WorkerOptions } from './worker-options.js';

/** Time that a worker which cannot go on takes to hand its tasks back. */
const LAST_WORDS_MS = 2000;

/**
 * The control process of a worker: it talks with the coordinator and feeds executors, and never loads the
 * engine itself, so that neither a long kernel nor a crash stops its heart-beat.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #pool: ExecutorPool;
  readonly #tasks: HeldTasks;
  readonly #selfCheck: SelfCheck;
  readonly #reconnects: Reconnects;
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: OodError) => void = () => undefined;
  #session: WorkerSession | undefined;
  #link: WorkerLink | undefined;
  #queue: TasksQueue | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #restTimer: NodeJS.Timeout | undefined;
  #leaveLife: () => void = () => undefined;
  #end: WorkerEnd = 'stopped';
  #isStopping = false;
  #isDrained = false;
  #trouble = '';

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
      receive: (message) => this.#tasks.fromExecutor(message),
      crashed: (token, problem, logTail) => this.#tasks.failed(token, AttemptError.from(problem), logTail),
      line: (token, line) => this.#line(token, line),
      onHopeless: (error) => void this.#giveUp(error),
    });
    const { blobs, log, settings } = options;
    this.#reconnects = new Reconnects(options);
    this.#selfCheck = new SelfCheck({
      check: () => probeFolder(settings.blobsDir),
      onChange: (trouble) => {
        this.#trouble = trouble;
        if (trouble === '') log('well again');
        else log(`takes no tasks until it is well: ${trouble}`, { level: 'error' });
        this.#session?.setTrouble(trouble);
      },
    });
    this.#tasks = new HeldTasks({
      pool: () => this.#pool,
      session: () => this.#session,
      blobs,
      log,
      traces: new TaskTraces(options.tracing),
      onOwnFailure: ({ message }) => this.#selfCheck.failed(message),
      onDone: (seconds) => options.lifetime?.noteTask(seconds * 1000),
    });
  }

  /** Process ids of the executors. */
  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  /** The worker's present state, for metrics and display. */
  get view(): WorkerView {
    const session = this.#session;
    return {
      isConnected: session?.isConnected ?? false,
      isDraining: this.#isStopping || this.#isDrained,
      trouble: this.#trouble,
      tasks: this.#tasks.size,
      ended: this.#tasks.ended,
      connections: session?.said.connections ?? 0,
      sentChunkBytes: session?.said.chunkBytes ?? 0,
      unacknowledged: session?.unacknowledged ?? 0,
      executors: this.#pool.executors,
      executorExits: this.#pool.exits,
      inputs: this.#pool.inputs,
    };
  }

  /** Works until it is stopped or its life is over; rejects when it cannot go on, for example without an engine. */
  async run(): Promise<WorkerEnd> {
    try {
      const { engine, numericsClass } = await this.#pool.loaded();
      const { workerId, executors, tasksPerExecutor, memoryBytes } = this.#options;
      const slots = executors * tasksPerExecutor;
      const { openHints } = this.#options;
      this.#queue = new TasksQueue(
        openHints === null ? null : (queue) => openHints(queue, numericsClass, slots),
      );
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
        onStart: (lease, task, traceparent) => this.#tasks.start(lease, task, traceparent),
        onCancel: (lease) => this.#tasks.cancel(lease),
        onRoom: () => this.#lookForWork(),
        onSetAside: (reason, forMs) => this.#rest(reason, forMs),
        onDrain: () => this.#takeNoMore('drained: takes no more tasks'),
      });
      if (!this.#isStopping) void this.#connect(this.#session);
      this.#watchLife();
      await this.#ended;
      return this.#end;
    } finally {
      this.#isStopping = true;
      clearInterval(this.#heartbeat);
      clearTimeout(this.#restTimer);
      this.#leaveLife();
      this.#selfCheck.close();
      this.#link?.close();
      await this.#queue?.close();
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
    this.#queue?.stop((delivery) => delivery.nak(0));
    this.#tasks.stopAll();
    await this.#settled(graceMs);
    this.#resolve();
  }

  /** Without an engine there is nothing to work with: hands everything back and ends. */
  async #giveUp(error: OodError): Promise<void> {
    this.#session?.stop();
    this.#tasks.failAll(new AttemptError(error, 'worker'));
    if (this.#session?.isConnected === true) await this.#settled(LAST_WORDS_MS);
    this.#reject(error);
  }

  /** Resolves when nothing is held and everything that was said is acknowledged, or time is up. */
  async #settled(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (this.#hasUnfinished() && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The coordinator has set it aside: it asks again when the time is over. */
  #rest(reason: string, forMs: number): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#options.log(`set aside for ${Math.ceil(forMs / 1000)} s: ${reason}`, { level: 'warn' });
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      session.isResting = false;
      this.#lookForWork();
    }, forMs);
    this.#restTimer.unref();
  }

  #hasUnfinished(): boolean {
    return this.#session !== undefined && (this.#tasks.size > 0 || !this.#session.isSettled);
  }

  async #connect(session: WorkerSession): Promise<void> {
    let coordinator: Endpoint | string;
    try {
      coordinator = await this.#options.findCoordinator();
    } catch (thrown) {
      this.#reject(OodError.from(thrown));
      return;
    }
    if (this.#isStopping && session.isSettled) return;
    const link = connectWorker(coordinator, session.registration(), {
      receive: (message) => {
        if (message.kind === 'registered') {
          this.#reconnects.registered();
          session.connected((said) => link.send(said));
          this.#beat(message.leaseMs);
          this.#listenTo(message.queue);
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

  #listenTo(queue: string | null): void {
    this.#queue?.listenTo(queue).then(
      () => this.#lookForWork(),
      (thrown: unknown) => this.#reject(OodError.from(thrown)),
    );
  }

  #lost(session: WorkerSession, reason: OodError): void {
    if (this.#isStopping && session.isSettled) return;
    const wait = this.#reconnects.waitAfter(reason);
    if (wait === undefined) {
      this.#reject(reason);
      return;
    }
    setTimeout(() => {
      if (!this.#isStopping || !session.isSettled) void this.#connect(session);
    }, wait).unref();
  }

  #beat(leaseMs: number): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#session?.heartbeat(), leaseMs / 3);
  }

  #doing(): string {
    const { pids, inputs } = this.#pool;
    const cores = availableParallelism();
    return doingText({ tasks: this.#tasks.size, executors: pids.length, cores, inputs });
  }

  #lookForWork(): void {
    if (this.#session !== undefined) this.#queue?.lookForWork(this.#session);
  }

  #takeNoMore(why: string): void {
    this.#isDrained = true;
    this.#options.log(why);
    this.#session?.stop();
    // The coordinator denies them, and offers their tasks to others at once.
    this.#queue?.stop((delivery) => this.#session?.request(delivery));
  }

  #watchLife(): void {
    const { lifetime, graceMs, log } = this.#options;
    if (lifetime === null) return;
    this.#leaveLife = watchLifetime(lifetime, {
      standing: () => ({ tasks: this.#tasks.size, isConnected: this.#session?.isConnected === true }),
      takeNoMore: () => this.#takeNoMore('its time is nearly over: takes no more tasks'),
      end: (reason) => {
        if (reason === 'no-work-left') this.#end = reason;
        log(reason === 'no-work-left' ? 'there is no more work' : 'its time is over: hands its tasks back');
        void this.stop(graceMs);
      },
    });
  }

  #line(token: string | undefined, line: string): void {
    const lease = this.#tasks.leaseOf(token);
    if (lease !== undefined) this.#session?.log(lease, line);
    this.#options.log(line, lease === undefined ? {} : { run: lease.run, task: String(lease.task) });
  }
}
