import { OodError, type TaskSpec } from '@oodgrid/protocol';
import type {
  Assignment,
  BlobStore,
  LeaseRef,
  LocalQueue,
  WorkerHandler,
  WorkerInfo,
  WorkerMessage,
} from '@oodgrid/transport';
import { Ledger, type LedgerCommand } from '../ledger/ledger.js';
import { choose } from '../merger/choose.js';
import { type BoundTask, bindTask } from '../planner/bind-task.js';
import type { Plan, PlannedChoice, PlannedTask } from '../planner/plan.js';
import type { RunEvent } from './run-events.js';
import { type RunOutcome, RunRecord } from './run-record.js';
import type { ScoreCache } from './score-cache.js';
import { Staging } from './staging.js';
import { type UnitResult, UnitStore } from './unit-store.js';

export interface GridRunOptions {
  readonly plan: Plan;
  readonly blobs: BlobStore;
  /** Null: nothing is taken from earlier runs and nothing is kept for later ones. */
  readonly cache: ScoreCache | null;
  readonly queue: LocalQueue<string>;
  readonly onEvent: (event: RunEvent) => void;
  /** Source of fencing tokens. */
  readonly newToken: () => string;
  /** Awaited between regressions of a choice, so that workers are served meanwhile. */
  readonly pause: () => Promise<void>;
}

/**
 * One run of a plan: the shell around the ledger. Transports call it as their `WorkerHandler`; the numerics
 * class of the first worker becomes the run's, and workers of another class are turned away.
 */
export class GridRun implements WorkerHandler {
  readonly #options: GridRunOptions;
  readonly #ledger: Ledger;
  readonly #store: UnitStore;
  readonly #record: RunRecord;
  readonly #planned: ReadonlyMap<string, PlannedTask>;
  readonly #bound = new Map<string, { readonly task: BoundTask; readonly missing: BoundTask['units'] }>();
  readonly #staged = new Map<string, Staging>();
  readonly #finished: Promise<void>;
  #resolve: () => void = () => undefined;
  #reject: (error: OodError) => void = () => undefined;
  #worker: WorkerInfo | undefined;
  #hasFailed = false;

  constructor(options: GridRunOptions) {
    this.#options = options;
    this.#ledger = new Ledger(options.plan.tasks);
    this.#store = new UnitStore(options.blobs, options.cache);
    this.#record = new RunRecord(options.plan);
    this.#planned = new Map(options.plan.tasks.map((task) => [task.id, task]));
    this.#finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody may be waiting yet when a run fails: `outcome()` still rejects.
    this.#finished.catch(() => undefined);
  }

  /** Resolves when every task is done; rejects with the failure that ended the run. */
  async outcome(): Promise<RunOutcome> {
    await this.#finished;
    if (this.#worker === undefined) throw new OodError('internal', 'a run ended without any worker');
    return this.#record.outcome(this.#worker);
  }

  /** Ends the run with an error; workers find the queue drained. */
  stop(error: OodError): void {
    this.#hasFailed = true;
    this.#options.queue.drain();
    this.#reject(error);
  }

  async register(worker: WorkerInfo): Promise<void> {
    this.#options.onEvent({ kind: 'worker-joined', worker });
    if (this.#worker === undefined) {
      this.#worker = worker;
      this.#execute(this.#ledger.start());
    } else if (this.#worker.numericsClass !== worker.numericsClass) {
      throw new OodError(
        'invalid-input',
        `worker ${worker.workerId} computes as ${worker.numericsClass}, this run as ${this.#worker.numericsClass}: their results would not have the same bits`,
      );
    }
  }

  async pull(workerId: string, signal: AbortSignal): Promise<Assignment | undefined> {
    for (;;) {
      const taskId = await this.#options.queue.take(signal);
      if (taskId === undefined) return undefined;
      const bound = this.#bound.get(taskId);
      const token = this.#options.newToken();
      this.#ledger.apply({ kind: 'leased', taskId, workerId, token });
      const lease = this.#ledger.leaseOf(taskId);
      if (bound === undefined || lease?.token !== token) continue;
      this.#staged.set(token, new Staging({ ...bound.task, units: bound.missing }));
      this.#options.onEvent({ kind: 'task-started', taskId, workerId, attempt: lease.attempt });
      const task: TaskSpec = { ...bound.task.spec, units: bound.missing.map(({ spec }) => spec) };
      return { ...lease, task };
    }
  }

  async renew(ref: LeaseRef): Promise<boolean> {
    return this.#ledger.isCurrent(ref);
  }

  async release(ref: LeaseRef): Promise<void> {
    this.#execute(this.#ledger.apply({ kind: 'released', lease: ref }));
  }

  async accept(_workerId: string, message: WorkerMessage): Promise<void> {
    const staging = this.#staged.get(message.token);
    if (staging === undefined || !this.#ledger.isCurrent(message)) {
      throw new OodError(
        'cancelled',
        `task ${message.taskId}: attempt ${message.attempt} is not the present one any more`,
      );
    }
    switch (message.kind) {
      case 'chunk':
        staging.addRows(message.key, message);
        return;
      case 'fitted':
        staging.addFitted(message.key, message.blob);
        return;
      case 'progress':
        this.#options.onEvent({ kind: 'task-progress', taskId: message.taskId, work: message.work });
        return;
      case 'failed':
        this.#fail(message, message);
        return;
      case 'done':
        await this.#complete(message, staging);
        return;
    }
  }

  disconnected(workerId: string): void {
    this.#options.onEvent({ kind: 'worker-lost', workerId });
    this.#execute(this.#ledger.apply({ kind: 'worker-lost', workerId }));
  }

  #fail(lease: LeaseRef, { code, message, retryable }: Extract<WorkerMessage, { kind: 'failed' }>): void {
    const failure = { code, message, isRetryable: retryable };
    const commands = this.#ledger.apply({ kind: 'failed', lease, failure });
    const willRetry = commands.some(({ kind }) => kind === 'offer');
    this.#options.onEvent({ kind: 'task-failed', taskId: lease.taskId, failure, willRetry });
    this.#execute(commands);
  }

  async #complete(message: Extract<WorkerMessage, { kind: 'done' }>, staging: Staging): Promise<void> {
    const bound = this.#bound.get(message.taskId);
    if (bound === undefined) throw new OodError('internal', `task ${message.taskId} was never bound`);
    const results = bound.missing.map((unit) => {
      const result: UnitResult =
        bound.task.spec.kind === 'fit'
          ? { kind: 'fitted', blob: staging.fitted(unit.spec.key) }
          : { kind: 'scores', scores: staging.scores(unit.spec.key) };
      return { unit, result };
    });
    for (const { unit, result } of results) await this.#store.keep(unit, result);
    if (!this.#ledger.isCurrent(message)) return;
    this.#staged.delete(message.token);
    for (const { unit, result } of results) {
      this.#record.addComputed(unit.id, result, { taskId: message.taskId, seconds: message.seconds });
    }
    this.#record.addWork(message.work);
    const { taskId, work, seconds } = message;
    this.#options.onEvent({ kind: 'task-done', taskId, isReused: false, work, seconds });
    this.#execute(this.#ledger.apply({ kind: 'completed', lease: message }));
  }

  #execute(commands: readonly LedgerCommand[]): void {
    for (const command of commands) {
      switch (command.kind) {
        case 'prepare':
          this.#inBackground(this.#prepare(command.taskId));
          break;
        case 'offer':
          this.#options.queue.offer(command.taskId, command.priority);
          break;
        case 'discard':
          this.#staged.delete(command.lease.token);
          break;
        case 'finish':
          this.#finish(command.taskId);
          break;
        case 'fail-run':
          this.stop(new OodError(command.failure.code, `task ${command.taskId}: ${command.failure.message}`));
          break;
      }
    }
  }

  async #prepare(taskId: string): Promise<void> {
    const planned = this.#planned.get(taskId);
    if (planned === undefined || this.#worker === undefined)
      throw new OodError('internal', `task ${taskId} is not planned`);
    const task = bindTask(planned, this.#record, this.#worker.numericsClass);
    const missing: BoundTask['units'][number][] = [];
    for (const unit of task.units) {
      const found = await this.#store.find(unit, task.spec.to - task.spec.from);
      if (found === undefined) {
        missing.push(unit);
        continue;
      }
      this.#record.addCached(unit.id, found);
    }
    this.#bound.set(taskId, { task, missing });
    const isReused = missing.length === 0;
    if (isReused) {
      const work = { images: 0, forwards: 0, gradients: 0 };
      this.#options.onEvent({ kind: 'task-done', taskId, isReused, work, seconds: 0 });
    }
    this.#execute(this.#ledger.apply({ kind: 'prepared', taskId, isReused }));
  }

  #finish(taskId: string): void {
    for (const { id } of this.#planned.get(taskId)?.units ?? []) {
      if (this.#record.fitted.has(id)) this.#execute(this.#ledger.apply({ kind: 'satisfied', need: id }));
    }
    for (const choice of this.#record.takeReadyChoices()) this.#inBackground(this.#choose(choice));
    if (!this.#ledger.isDrained || this.#hasFailed) return;
    this.#options.queue.drain();
    this.#resolve();
  }

  async #choose(choice: PlannedChoice): Promise<void> {
    const steps = choose(choice, this.#record.reader);
    let step = steps.next();
    while (step.done !== true) {
      await this.#options.pause();
      step = steps.next();
    }
    const outcome = step.value;
    const candidate = choice.candidates[outcome.candidate];
    if (candidate === undefined) throw new OodError('internal', `"${choice.id}" has no candidate`);
    this.#record.addChoice(choice, candidate, outcome);
    this.#options.onEvent({ kind: 'choice-made', choice: choice.id, candidate });
    this.#execute(this.#ledger.apply({ kind: 'satisfied', need: choice.id }));
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.stop(OodError.from(error)));
  }
}
