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
import type { KnownWorker } from './worker-connections.js';

export interface LeaseRequestsOptions {
  readonly registry: Pick<RunRegistry, 'find' | 'title'>;
  readonly ledger: Pick<Ledger, 'run' | 'canLease' | 'leaseCountOf' | 'leasesOf' | 'pools'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly progress: Pick<RunProgress, 'reuse'>;
  readonly stagings: Pick<Stagings, 'open'>;
  readonly offers: Pick<Offers, 'offerAgain'>;
  readonly blobs: Pick<BlobRecovery, 'holdsBack'>;
  readonly failures: Pick<FailureHandler, 'isForOthers' | 'remind'>;
  readonly batch: Pick<BatchBuilder, 'send' | 'emit'>;
  readonly counters: Pick<Counters, 'add'>;
  /** Fencing tokens: never the same twice. */
  readonly newToken: () => string;
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

/** Answers requests for leases: a worker gets the task that it asks for, or is told what its hint is worth. */
export class LeaseRequests {
  readonly #options: LeaseRequestsOptions;

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

  #grant(
    { info }: KnownWorker,
    peer: WorkerPeer,
    requestId: number,
    run: RunState,
    task: number,
    now: number,
  ): void {
    const { ledger, journal, stagings, batch, registry, newToken } = this.#options;
    const attempt = (ledger.run(run.id)?.tasks.attempts(task) ?? 0) + 1;
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
    const { ledger, offers, failures, counters, progress, blobs } = this.#options;
    const { workerId, numericsClass, memoryBytes } = worker.info;
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
    const needed = run.workload.memoryBytes(task);
    if (needed > 0 && needed + this.#memoryInUse(workerId) > memoryBytes) return LATER;
    // It may have been computed for another run meanwhile.
    if (run.submitted.isCacheUsed && progress.reuse(run, task, now)) return DROP;
    return blobs.holdsBack(run, task, now) ? DROP : undefined;
  }

  #memoryInUse(workerId: string): number {
    const { ledger, registry } = this.#options;
    let sum = 0;
    for (const { run, task } of ledger.leasesOf(workerId)) {
      sum += registry.find(run)?.workload.memoryBytes(task) ?? 0;
    }
    return sum;
  }
}
