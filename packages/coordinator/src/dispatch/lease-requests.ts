import type { Hint, LeaseRef, WorkerPeer } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { BatchBuilder } from './batch.js';
import type { BlobRecovery } from './blob-recovery.js';
import type { Counters } from './counters.js';
import type { FailureHandler } from './failure-handler.js';
import type { JournaledLedger } from './journaled-ledger.js';
import type { Offers } from './offers.js';
import type { RunProgress } from './run-progress.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';
import type { Stagings } from './stagings.js';
import type { Tallies } from './tallies.js';
import type { NextTask, TaskSource } from './task-source.js';
import type { TooLargeTasks } from './too-large-tasks.js';
import { type Served, WaitingRequests } from './waiting-requests.js';
import type { KnownWorker, WorkerConnections } from './worker-connections.js';

export interface LeaseRequestsOptions {
  readonly registry: Pick<RunRegistry, 'find' | 'get' | 'title'>;
  readonly ledger: Pick<Ledger, 'get' | 'canLease' | 'leaseCountOf' | 'leasesOf' | 'pools'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly progress: Pick<RunProgress, 'reuse'>;
  readonly stagings: Pick<Stagings, 'open'>;
  readonly workers: Pick<WorkerConnections, 'ofPeer'>;
  readonly source: Pick<TaskSource, 'next' | 'others'>;
  readonly offers: Pick<Offers, 'offerAgain' | 'secondCopies'>;
  readonly blobs: Pick<BlobRecovery, 'holdsBack'>;
  readonly tooLarge: Pick<TooLargeTasks, 'holdsBack'>;
  readonly failures: Pick<FailureHandler, 'isForOthers' | 'remind'>;
  readonly batch: Pick<BatchBuilder, 'send' | 'emit'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly tallies: Pick<Tallies, 'leased'>;
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
  /** A worker that said nothing for so many milliseconds gets no task that others could have. */
  readonly silentMs: number;
}

interface Refusal {
  /** After so many milliseconds the hint may be worth another request; null: it is worth nothing. */
  readonly retryMs: number | null;
}
/** The task is done, running, or offered through another message. */
const DROP: Refusal = { retryMs: null };
/** Another worker may take it, or this one in a while. */
const LATER: Refusal = { retryMs: 1000 };
/** Other workers may take it, and soon. */
const ELSEWHERE: Refusal = { retryMs: 250 };

/**
 * Answers requests for leases. With a hint of the queue a worker gets the task of the hint, or is told what the hint is
 * worth. Without one it gets the task that the ledger has next for its class, as soon as there is one.
 */
export class LeaseRequests {
  readonly #options: LeaseRequestsOptions;
  /** Requests without a hint that are not answered yet. */
  readonly #waiting = new WaitingRequests();

  constructor(options: LeaseRequestsOptions) {
    this.#options = options;
  }

  /** Answers with a lease or a denial, after the commit. */
  request(worker: KnownWorker, requestId: number, { run: id, task }: Hint, now: number): void {
    const { peer } = worker;
    if (peer === null) return;
    const run = this.#options.registry.find(id);
    const refusal = run === undefined ? DROP : this.#refusal(worker, run, task, now);
    if (run === undefined || refusal !== undefined) this.#deny(worker, peer, requestId, refusal ?? DROP);
    else this.#grant(worker, peer, requestId, run, task, now);
  }

  /** Notes a request for any task, which `serve` answers. */
  wait(peer: WorkerPeer, { info }: KnownWorker, requestId: number): void {
    this.#waiting.add(peer, info.numericsClass, requestId);
  }

  /** A connection is over: its worker asks again on the next. */
  forget(peer: WorkerPeer): void {
    this.#waiting.forget(peer);
  }

  /** Grants what waiting requests can have now. */
  serve(now: number): void {
    this.#waiting.serve((peer, requestId) => this.#serveOne(peer, requestId, now));
  }

  #serveOne(peer: WorkerPeer, requestId: number, now: number): Served {
    const { workers, ledger, silentMs } = this.#options;
    const worker = workers.ofPeer(peer);
    if (worker === undefined || worker.isDraining) return 'not-now';
    if (ledger.leaseCountOf(worker.info.workerId) >= worker.places) return 'not-now';
    // Its connection may be dead, or its process stopped: what it is given would be done after the lease at the earliest.
    if (now - worker.heardAt > silentMs) return 'not-now';
    const next = this.#secondCopyFor(worker, now) ?? this.#nextFor(worker, now);
    if (typeof next === 'string') return next;
    this.#grant(worker, peer, requestId, next.run, next.task, now);
    return 'granted';
  }

  /** A task that takes far too long elsewhere. */
  #secondCopyFor(worker: KnownWorker, now: number): NextTask | undefined {
    const { offers, ledger, registry } = this.#options;
    const { workerId, numericsClass } = worker.info;
    for (const { run: id, task } of offers.secondCopies(numericsClass)) {
      const run = registry.find(id);
      if (run === undefined || !ledger.canLease(id, task, workerId)) continue;
      if (this.#suits(worker, { run, task }, now) === 'suits') return { run, task };
    }
    return undefined;
  }

  /** The next task of its class, or the first behind it where that one is not for this worker. */
  #nextFor(worker: KnownWorker, now: number): NextTask | Exclude<Served, 'granted'> {
    const { source } = this.#options;
    const { numericsClass } = worker.info;
    const first = source.next(numericsClass, now);
    if (first === undefined) return 'nothing-left';
    const suits = this.#suits(worker, first, now);
    if (suits === 'suits') return first;
    if (suits === 'later') return 'not-now';
    for (const other of source.others(numericsClass, now)) {
      const suitsToo = this.#suits(worker, other, now);
      if (suitsToo === 'suits') return other;
      if (suitsToo === 'later') return 'not-now';
    }
    return 'not-now';
  }

  /** `later`: it has the memory once it has done what it holds. Others do not go first then, or small tasks would keep a large one waiting for ever. */
  #suits(worker: KnownWorker, { run, task }: NextTask, now: number): 'suits' | 'later' | 'never' {
    if (run.workload.memoryBytes(task) > worker.info.memoryBytes) return 'never';
    if (this.#options.failures.isForOthers(run, task, worker.info.workerId, now)) return 'never';
    return this.#hasMemory(worker, run, task) ? 'suits' : 'later';
  }

  #grant(
    { info }: KnownWorker,
    peer: WorkerPeer,
    requestId: number,
    run: RunState,
    task: number,
    now: number,
  ): void {
    const { ledger, journal, stagings, batch, registry, tallies, newToken } = this.#options;
    const { tasks, offered } = ledger.get(run.id);
    const attempt = tasks.attempts(task) + 1;
    const offeredAt = offered.get(task)?.at;
    tallies.leased(tasks.kind(task), attempt, offeredAt === undefined ? undefined : now - offeredAt);
    const lease: LeaseRef = { run: run.id, task, attempt, token: newToken() };
    journal.apply({ kind: 'leased', worker: info.workerId, ...lease }, now);
    const spec = run.bind(task).spec(stagings.open(run, lease));
    batch.send(peer, { kind: 'granted', requestId, lease, task: spec });
    const taskId = registry.title(run.id, task);
    batch.emit(run.id, { kind: 'task-started', taskId, workerId: info.workerId, attempt });
  }

  #deny({ info }: KnownWorker, peer: WorkerPeer, requestId: number, { retryMs }: Refusal): void {
    const { ledger, counters, batch } = this.#options;
    if (retryMs === null) ledger.pools.addStrays(info.numericsClass, -1);
    counters.add(retryMs === null ? 'hints_dropped' : 'hints_postponed');
    batch.send(peer, { kind: 'denied', requestId, retryMs });
  }

  /** Why a worker does not get a task; undefined when it does. */
  #refusal(worker: KnownWorker, run: RunState, task: number, now: number): Refusal | undefined {
    const { ledger, offers, failures, counters, progress, blobs, tooLarge } = this.#options;
    const { workerId, numericsClass } = worker.info;
    if (run.ended !== null || !ledger.canLease(run.id, task, workerId)) return DROP;
    // It was offered in another pool before, or its worker takes no more: somebody else gets it by another message.
    if (run.pool !== numericsClass) return DROP;
    if (worker.isDraining) {
      offers.offerAgain(run.id, task, now);
      return DROP;
    }
    if (worker.places === 0) {
      failures.remind(worker, now);
      return ELSEWHERE;
    }
    if (failures.isForOthers(run, task, workerId, now)) return ELSEWHERE;
    if (ledger.leaseCountOf(workerId) >= worker.places) {
      counters.add('refused_no_place');
      return LATER;
    }
    if (!this.#hasMemory(worker, run, task)) return tooLarge.holdsBack(run, task) ? DROP : LATER;
    // It may have been computed for another run meanwhile.
    if (run.submitted.isCacheUsed && progress.reuse(run, task, now)) return DROP;
    return blobs.holdsBack(run, task, now) ? DROP : undefined;
  }

  #hasMemory({ info }: KnownWorker, run: RunState, task: number): boolean {
    const { ledger, registry } = this.#options;
    let needed = run.workload.memoryBytes(task);
    if (needed === 0) return true;
    for (const held of ledger.leasesOf(info.workerId)) {
      needed += registry.get(held.run).workload.memoryBytes(held.task);
    }
    return needed <= info.memoryBytes;
  }
}
