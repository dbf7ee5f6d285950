import type { Digest, ErrorCode } from '@oodgrid/protocol';
import type { FailedMessage, LeaseRef } from '@oodgrid/transport';
import type { FailedAs, Failure } from '../ledger/ledger-events.js';
import type { BlobDesk } from './blob-desk.js';
import type { RunKeeper } from './run-keeper.js';
import type { RunState } from './run-state.js';
import type { KnownWorker } from './worker-book.js';
import type { Aside, HandedBack } from './worker-health.js';

/** Where failures are judged: whose they are, who gets the task next, and who gets none for a while. */
export class FailureDesk {
  readonly #keeper: RunKeeper;
  readonly #blobs: BlobDesk;
  /** When everybody who will come back has. */
  #completeAt = Number.NEGATIVE_INFINITY;

  constructor(keeper: RunKeeper, blobs: BlobDesk) {
    this.#keeper = keeper;
    this.#blobs = blobs;
  }

  /** The coordinator begins; `isRestart`: workers of a former life may come back. */
  open(now: number, isRestart: boolean): void {
    if (isRestart) this.#completeAt = now + ABSENCE_MS;
  }

  /** An attempt came to nothing. */
  failed(run: RunState, ref: LeaseRef, worker: KnownWorker, message: FailedMessage, now: number): void {
    const { code, message: text, retryable, logTail } = message;
    const failure: Failure = { code, message: text, isRetryable: retryable, logTail };
    if (message.origin === 'store' && message.blob !== null) {
      this.#keeper.apply({ kind: 'released', ...ref }, now);
      const { workerId } = worker.info;
      this.#blobs.complain(message.blob, { worker: workerId, run: run.id, task: ref.task, failure }, now);
      const taskId = this.#keeper.title(run.id, ref.task);
      this.#keeper.emit(run.id, { kind: 'task-handed-back', taskId, workerId, message: text });
    } else if (message.origin === 'worker') this.#handBack(run, ref, worker, failure, now);
    else this.#fail(run, ref, worker, failure, now);
    this.#keeper.advance(run);
  }

  /** Whether a task is to be kept from a worker that failed it, because a sound one that did not, or only by a failure of its own, could take it. */
  isForOthers(run: RunState, task: number, worker: string, now: number): boolean {
    const failedOn = this.#keeper.ledger.failedOn(run.id, task);
    const as = failedOn.get(worker);
    if (as === undefined) return false;
    const isBetter = (other: FailedAs | undefined) =>
      other === undefined || (other === 'handed-back' && as !== 'handed-back');
    const isSound = (id: string) => this.#keeper.health.asideOf(id) === null;
    return this.#hasOther(run, task, now, (id) => isBetter(failedOn.get(id)) && isSound(id));
  }

  /** A worker is about to hand a task in: whoever had failed it is to blame, and what it had handed back is suspect. */
  doneWell(run: RunState, task: number, worker: KnownWorker, now: number): void {
    const { health, ledger } = this.#keeper;
    const { workerId } = worker.info;
    const title = this.#keeper.title(run.id, task);
    for (const [other, as] of ledger.failedOn(run.id, task)) {
      if (as === 'handed-back' || other === workerId) continue;
      const message = ledger.run(run.id)?.lastFailure.get(task)?.message ?? '';
      const aside = health.blame(other, title, message, now);
      if (aside !== null) this.#setAside(other, 'task-failed', aside, now);
    }
    const wasOnTrial = health.isOnTrial(workerId);
    for (const one of health.didWell(workerId, run.id, task)) {
      const suspect = this.#keeper.runs.get(one.run);
      if (suspect === undefined || suspect.ended !== null) continue;
      this.#keeper.apply({ kind: 'suspected', worker: workerId, ...one }, now);
      if (suspect !== run) this.#keeper.advance(suspect);
    }
    if (wasOnTrial) this.#keeper.workers.recount();
  }

  /** What a worker says of itself. */
  said(workerId: string, trouble: string, now: number): void {
    if (!this.#keeper.health.said(workerId, trouble, now)) return;
    const aside = this.#keeper.health.asideOf(workerId);
    if (trouble !== '' && aside !== null) this.#setAside(workerId, 'unavailable', aside, now);
    else this.tick(now);
  }

  /** Workers whose time is over are taken back. */
  tick(now: number): void {
    const back = this.#keeper.health.takeBack(now);
    if (back.length === 0) return;
    this.#keeper.workers.recount();
    for (const workerId of back) {
      this.#keeper.counters.add('workers_taken_back');
      this.#tell(workerId, { kind: 'worker-taken-back', workerId });
      const peer = this.#keeper.workers.ofId(workerId)?.peer;
      if (peer != null)
        this.#keeper.batch.after(() => peer.send({ kind: 'set-aside', reason: '', forMs: 0 }));
    }
  }

  /** A request of a worker that is set aside: it should ask for no more until its time is over. */
  remind({ peer, info }: KnownWorker, now: number): void {
    const aside = this.#keeper.health.asideOf(info.workerId);
    if (peer === null || aside === null) return;
    const forMs = Number.isFinite(aside.until) ? Math.ceil(Math.max(0, aside.until - now)) : UNTIL_WELL_MS;
    this.#keeper.batch.after(() => peer.send({ kind: 'set-aside', reason: aside.reason, forMs }));
  }

  #fail(run: RunState, ref: LeaseRef, { info }: KnownWorker, failure: Failure, now: number): void {
    const { ledger, counters } = this.#keeper;
    counters.add('attempts_failed');
    // After a restart those who were there before have a while to come back.
    const failedOn = ledger.failedOn(run.id, ref.task);
    const mayDoIt = (id: string) => id !== info.workerId && isUntried(failedOn.get(id), failure);
    const hasOther = now < this.#completeAt || this.#hasOther(run, ref.task, now, mayDoIt);
    this.#keeper.apply({ kind: 'failed', ...ref, failure, hasOther }, now);
    const state = ledger.run(run.id)?.tasks.state(ref.task);
    const willRetry = state !== 'failed' && state !== 'quarantined';
    const taskId = this.#keeper.title(run.id, ref.task);
    this.#keeper.emit(run.id, { kind: 'task-failed', taskId, failure, willRetry });
  }

  /** The store was looked at for a blob. Whoever could not get what is there has a failure of its own. */
  checked(blob: Digest, isThere: boolean, now: number): void {
    for (const { worker, ...task } of this.#blobs.checked(blob, isThere, now))
      this.#ownFailure(worker, task, now);
  }

  #handBack(run: RunState, ref: LeaseRef, { info }: KnownWorker, failure: Failure, now: number): void {
    const { workerId } = info;
    this.#keeper.counters.add('tasks_handed_back');
    this.#keeper.apply({ kind: 'handed-back', ...ref, failure }, now);
    const taskId = this.#keeper.title(run.id, ref.task);
    this.#keeper.emit(run.id, { kind: 'task-handed-back', taskId, workerId, message: failure.message });
    this.#ownFailure(workerId, { run: run.id, task: ref.task, failure }, now);
  }

  #ownFailure(workerId: string, task: HandedBack, now: number): void {
    const wasAside = this.#keeper.health.asideOf(workerId) !== null;
    const aside = this.#keeper.health.failedItself(workerId, task, now);
    if (!wasAside) this.#setAside(workerId, task.failure.code, aside, now);
  }

  #setAside(workerId: string, code: ErrorCode, { reason, until }: Aside, now: number): void {
    this.#keeper.counters.add('workers_set_aside');
    this.#keeper.workers.recount();
    const seconds = Number.isFinite(until) ? Math.round((until - now) / 1000) : null;
    this.#tell(workerId, { kind: 'worker-set-aside', workerId, code, reason, seconds });
    const worker = this.#keeper.workers.ofId(workerId);
    if (worker !== undefined) this.remind(worker, now);
  }

  /** Tells every run that the worker could work for. */
  #tell(workerId: string, event: Parameters<RunKeeper['emit']>[1]): void {
    const pool = this.#keeper.workers.ofId(workerId)?.info.numericsClass;
    for (const run of this.#keeper.runs.values()) {
      if (run.ended === null && run.pool === pool) this.#keeper.emit(run.id, event);
    }
  }

  /** Whether such a worker of the class could take the task, now or when it is back from a short absence. */
  #hasOther(run: RunState, task: number, now: number, isMeant: (workerId: string) => boolean): boolean {
    const needed = run.workload.memoryBytes(task);
    for (const { info, peer, since, isDraining } of this.#keeper.workers.all) {
      if (info.numericsClass !== run.pool || isDraining || needed > info.memoryBytes) continue;
      if ((peer !== null || now - since < ABSENCE_MS) && isMeant(info.workerId)) return true;
    }
    return false;
  }
}

/** Whether a worker that failed a task like this may still do it, after another one failed it now. */
const isUntried = (as: FailedAs | undefined, now: Failure): boolean =>
  now.isRetryable ? as === undefined || as === 'handed-back' : as !== 'for-good';

/** A worker whose connection broke is expected back for so long. */
const ABSENCE_MS = 30_000;
/** A worker that is not well says itself when it is again; until then it is reminded now and then. */
const UNTIL_WELL_MS = 60_000;
