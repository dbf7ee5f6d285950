import type { Digest, ErrorCode, RunEvent } from '@oodgrid/contract';
import type { FailedMessage, LeaseRef } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { FailedAs, Failure } from '../ledger/ledger-events.js';
import type { BatchBuilder } from './batch.js';
import type { BlobRecovery } from './blob-recovery.js';
import type { Counters } from './counters.js';
import type { JournaledLedger } from './journaled-ledger.js';
import type { RunProgress } from './run-progress.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';
import type { Tallies } from './tallies.js';
import type { KnownWorker, WorkerConnections } from './worker-connections.js';
import type { Aside, HandedBack, WorkerHealth } from './worker-health.js';

export interface FailureHandlerOptions {
  readonly registry: Pick<RunRegistry, 'all' | 'find' | 'title'>;
  readonly ledger: Pick<Ledger, 'run' | 'failedOn'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly progress: Pick<RunProgress, 'advance'>;
  readonly workers: Pick<WorkerConnections, 'all' | 'ofId' | 'recount'>;
  readonly health: WorkerHealth;
  readonly blobs: Pick<BlobRecovery, 'complain' | 'checked'>;
  readonly batch: Pick<BatchBuilder, 'send' | 'emit' | 'emitOfWorker'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly tallies: Pick<Tallies, 'attemptFailed'>;
}

/** Judges failures: whose they are, which worker may have the task next, and which worker is given none for a while. */
export class FailureHandler {
  readonly #options: FailureHandlerOptions;
  /** Until then workers of the former process may come back. */
  #completeAt = Number.NEGATIVE_INFINITY;

  constructor(options: FailureHandlerOptions) {
    this.#options = options;
  }

  /** The coordinator begins. `isRestart`: workers of its former process may come back. */
  open(now: number, isRestart: boolean): void {
    if (isRestart) this.#completeAt = now + ABSENCE_MS;
  }

  /** A worker says that an attempt failed. */
  failed(run: RunState, ref: LeaseRef, worker: KnownWorker, message: FailedMessage, now: number): void {
    const { code, message: text, retryable, logTail } = message;
    const failure: Failure = { code, message: text, isRetryable: retryable, logTail };
    if (message.origin === 'store' && message.blob !== null) {
      this.#options.journal.apply({ kind: 'released', ...ref }, now);
      const { workerId } = worker.info;
      this.#options.blobs.complain(
        message.blob,
        { worker: workerId, run: run.id, task: ref.task, failure },
        now,
      );
      const taskId = this.#options.registry.title(run.id, ref.task);
      this.#options.batch.emit(run.id, { kind: 'task-handed-back', taskId, workerId, message: text });
    } else if (message.origin === 'worker') this.#handBack(run, ref, worker, failure, now);
    else this.#fail(run, ref, worker, failure, now);
    this.#options.progress.advance(run);
  }

  /** Whether a task is to be kept from a worker that failed it: another one that is not set aside, and of which it is likelier to come to its end, could take it. */
  isForOthers(run: RunState, task: number, worker: string, now: number): boolean {
    const failedOn = this.#options.ledger.failedOn(run.id, task);
    const as = failedOn.get(worker);
    if (as === undefined) return false;
    const isBetter = (other: FailedAs | undefined) => hopelessness(other) < hopelessness(as);
    const isSound = (id: string) => this.#options.health.asideOf(id) === null;
    return this.#hasOther(run, task, now, (id) => isBetter(failedOn.get(id)) && isSound(id));
  }

  /** A worker is about to hand a task in: workers that had failed it are to blame, and what this one had handed back is suspect. */
  doneWell(run: RunState, task: number, worker: KnownWorker, now: number): void {
    const { health, ledger, workers } = this.#options;
    const { workerId } = worker.info;
    const title = this.#options.registry.title(run.id, task);
    for (const [other, as] of ledger.failedOn(run.id, task)) {
      // A worker that is forgotten is not blamed: nobody would forget the blame.
      if (as === 'handed-back' || other === workerId || workers.ofId(other) === undefined) continue;
      const message = ledger.run(run.id)?.lastFailure.get(task)?.message ?? '';
      const aside = health.blame(other, title, message, now);
      if (aside !== null) this.#setAside(other, 'task-failed', aside, now);
    }
    const wasOnTrial = health.isOnTrial(workerId);
    for (const one of health.didWell(workerId, run.id, task)) {
      const suspect = this.#options.registry.find(one.run);
      if (suspect === undefined || suspect.ended !== null) continue;
      this.#options.journal.apply({ kind: 'suspected', worker: workerId, ...one }, now);
      if (suspect !== run) this.#options.progress.advance(suspect);
    }
    if (wasOnTrial) this.#options.workers.recount();
  }

  /** Takes in a worker's own report: the reason why it takes no tasks; empty when it is well. */
  said(workerId: string, trouble: string, now: number): void {
    if (!this.#options.health.said(workerId, trouble, now)) return;
    const aside = this.#options.health.asideOf(workerId);
    if (trouble !== '' && aside !== null) this.#setAside(workerId, 'unavailable', aside, now);
    else this.tick(now);
  }

  /** Takes back the workers whose time of being set aside is over. */
  tick(now: number): void {
    const back = this.#options.health.takeBack(now);
    if (back.length === 0) return;
    this.#options.workers.recount();
    for (const workerId of back) {
      this.#options.counters.add('workers_taken_back');
      this.#emitToPool(workerId, { kind: 'worker-taken-back', workerId });
      const peer = this.#options.workers.ofId(workerId)?.peer;
      if (peer != null) this.#options.batch.send(peer, { kind: 'set-aside', reason: '', forMs: 0 });
    }
  }

  /** Tells a worker that is set aside to ask for no more tasks until its time is over. */
  remind({ peer, info }: KnownWorker, now: number): void {
    const aside = this.#options.health.asideOf(info.workerId);
    if (peer === null || aside === null) return;
    const forMs = Number.isFinite(aside.until) ? Math.ceil(Math.max(0, aside.until - now)) : UNTIL_WELL_MS;
    this.#options.batch.send(peer, { kind: 'set-aside', reason: aside.reason, forMs });
  }

  #fail(run: RunState, ref: LeaseRef, { info }: KnownWorker, failure: Failure, now: number): void {
    const { ledger, counters } = this.#options;
    counters.add('attempts_failed');
    this.#options.tallies.attemptFailed(failure.code);
    // After a restart those who were there before have a while to come back.
    const failedOn = ledger.failedOn(run.id, ref.task);
    const mayDoIt = (id: string) => id !== info.workerId && isUntried(failedOn.get(id), failure);
    const hasOther = now < this.#completeAt || this.#hasOther(run, ref.task, now, mayDoIt);
    this.#options.journal.apply({ kind: 'failed', ...ref, failure, hasOther }, now);
    const state = ledger.run(run.id)?.tasks.state(ref.task);
    const willRetry = state !== 'failed' && state !== 'quarantined';
    const taskId = this.#options.registry.title(run.id, ref.task);
    this.#options.batch.emit(run.id, {
      kind: 'task-failed',
      taskId,
      workerId: info.workerId,
      failure,
      willRetry,
    });
  }

  /** The store was looked at for a blob. A worker that could not get what is there has a failure of its own. */
  checked(blob: Digest, isThere: boolean, now: number): void {
    for (const { worker, ...task } of this.#options.blobs.checked(blob, isThere, now))
      this.#ownFailure(worker, task, now);
  }

  #handBack(run: RunState, ref: LeaseRef, { info }: KnownWorker, failure: Failure, now: number): void {
    const { workerId } = info;
    this.#options.counters.add('tasks_handed_back');
    this.#options.journal.apply({ kind: 'handed-back', ...ref, failure }, now);
    const taskId = this.#options.registry.title(run.id, ref.task);
    this.#options.batch.emit(run.id, {
      kind: 'task-handed-back',
      taskId,
      workerId,
      message: failure.message,
    });
    this.#ownFailure(workerId, { run: run.id, task: ref.task, failure }, now);
  }

  #ownFailure(workerId: string, task: HandedBack, now: number): void {
    const wasAside = this.#options.health.asideOf(workerId) !== null;
    const aside = this.#options.health.failedItself(workerId, task, now);
    if (!wasAside) this.#setAside(workerId, task.failure.code, aside, now);
  }

  #setAside(workerId: string, code: ErrorCode, { reason, until }: Aside, now: number): void {
    this.#options.counters.add('workers_set_aside');
    this.#options.workers.recount();
    const seconds = Number.isFinite(until) ? Math.round((until - now) / 1000) : null;
    this.#emitToPool(workerId, { kind: 'worker-set-aside', workerId, code, reason, seconds });
    const worker = this.#options.workers.ofId(workerId);
    if (worker !== undefined) this.remind(worker, now);
  }

  /** Tells the operator, and the watchers of every run that the worker could work for. */
  #emitToPool(workerId: string, event: RunEvent): void {
    this.#options.batch.emitOfWorker(event);
    const pool = this.#options.workers.ofId(workerId)?.info.numericsClass;
    for (const run of this.#options.registry.all.values()) {
      if (run.ended === null && run.pool === pool) this.#options.batch.emit(run.id, event);
    }
  }

  /** Whether a worker of the class for which `isMeant` holds could take the task, now or when it is back from a short absence. */
  #hasOther(run: RunState, task: number, now: number, isMeant: (workerId: string) => boolean): boolean {
    const needed = run.workload.memoryBytes(task);
    for (const { info, peer, since, isDraining } of this.#options.workers.all) {
      if (info.numericsClass !== run.pool || isDraining || needed > info.memoryBytes) continue;
      if ((peer !== null || now - since < ABSENCE_MS) && isMeant(info.workerId)) return true;
    }
    return false;
  }
}

/** Ranks how unlikely another attempt by this worker is to succeed, from how it failed the task: 0 where it has not tried. */
function hopelessness(as: FailedAs | undefined): number {
  return as === undefined ? 0 : as === 'handed-back' ? 1 : as === 'failed' ? 2 : 3;
}

/** Whether a worker that failed the task before (`as`; undefined: it did not) may still do it, now that another one has failed it like this. */
const isUntried = (as: FailedAs | undefined, now: Failure): boolean =>
  now.isRetryable ? as === undefined || as === 'handed-back' : as !== 'for-good';

/** A worker whose connection broke is expected back within this time. */
const ABSENCE_MS = 30_000;
/** A worker that is not well says itself when it is again; until then it is reminded after each such time. */
const UNTIL_WELL_MS = 60_000;
