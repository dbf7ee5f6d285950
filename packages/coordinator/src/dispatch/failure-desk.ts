import type { ErrorCode } from '@oodgrid/protocol';
import type { FailedMessage, LeaseRef } from '@oodgrid/transport';
import type { Failure } from '../ledger/ledger-events.js';
import type { RunKeeper } from './run-keeper.js';
import type { RunState } from './run-state.js';
import type { KnownWorker } from './worker-book.js';
import type { Aside } from './worker-health.js';

/** Where failures are judged: whose they are, who gets the task next, and who gets none for a while. */
export class FailureDesk {
  readonly #keeper: RunKeeper;

  constructor(keeper: RunKeeper) {
    this.#keeper = keeper;
  }

  /** An attempt came to nothing. */
  failed(run: RunState, ref: LeaseRef, worker: KnownWorker, message: FailedMessage, now: number): void {
    const { code, message: text, retryable, logTail } = message;
    const failure: Failure = { code, message: text, isRetryable: retryable, logTail };
    if (message.origin === 'worker') this.#handBack(run, ref, worker, failure, now);
    else this.#fail(run, ref, worker, failure, now);
    this.#keeper.advance(run);
  }

  /** Whether a task is to be kept from a worker that failed it, because a sound one that has not could take it. */
  isForOthers(run: RunState, task: number, worker: string): boolean {
    return this.#keeper.ledger.failedOn(run.id, task).has(worker) && this.#hasOther(run, task, worker);
  }

  /** A worker is about to hand a task in: whoever had failed it is to blame, and what it had handed back is suspect. */
  doneWell(run: RunState, task: number, worker: KnownWorker, now: number): void {
    const { health, ledger } = this.#keeper;
    const { workerId } = worker.info;
    const title = this.#keeper.title(run.id, task);
    for (const [other, as] of ledger.failedOn(run.id, task)) {
      if (as !== 'failed' || other === workerId) continue;
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
    const hasOther = this.#hasOther(run, ref.task, info.workerId);
    this.#keeper.apply({ kind: 'failed', ...ref, failure, hasOther }, now);
    const state = ledger.run(run.id)?.tasks.state(ref.task);
    const willRetry = state !== 'failed' && state !== 'quarantined';
    const taskId = this.#keeper.title(run.id, ref.task);
    this.#keeper.emit(run.id, { kind: 'task-failed', taskId, failure, willRetry });
  }

  #handBack(run: RunState, ref: LeaseRef, { info }: KnownWorker, failure: Failure, now: number): void {
    const { workerId } = info;
    this.#keeper.counters.add('tasks_handed_back');
    this.#keeper.apply({ kind: 'handed-back', ...ref, failure }, now);
    const taskId = this.#keeper.title(run.id, ref.task);
    this.#keeper.emit(run.id, { kind: 'task-handed-back', taskId, workerId, message: failure.message });
    const wasAside = this.#keeper.health.asideOf(workerId) !== null;
    const aside = this.#keeper.health.failedItself(workerId, { run: run.id, task: ref.task, failure }, now);
    if (!wasAside) this.#setAside(workerId, failure.code, aside, now);
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

  /** Whether a sound worker of the class that has not failed the task could take it. */
  #hasOther(run: RunState, task: number, worker: string): boolean {
    const { workers, ledger } = this.#keeper;
    const failedOn = ledger.failedOn(run.id, task);
    const needed = run.workload.memoryBytes(task);
    for (const one of workers.all) {
      const { workerId, numericsClass, memoryBytes } = one.info;
      if (workerId === worker || numericsClass !== run.pool || failedOn.has(workerId)) continue;
      if (needed <= memoryBytes && workers.isSound(one)) return true;
    }
    return false;
  }
}

/** A worker that is not well says itself when it is again; until then it is reminded now and then. */
const UNTIL_WELL_MS = 60_000;
