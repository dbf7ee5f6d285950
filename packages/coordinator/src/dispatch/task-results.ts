import { type Digest, OodError } from '@oodgrid/contract';
import type { LeaseRef, ReliableMessage } from '@oodgrid/transport';
import type { Ledger } from '../ledger/ledger.js';
import type { Lease } from '../ledger/ledger-events.js';
import type { ResultReader } from '../store/result-reader.js';
import type { StagedChunk } from '../store/store.js';
import type { BatchBuilder } from './batch.js';
import type { BlobRecovery } from './blob-recovery.js';
import type { Counters } from './counters.js';
import type { FailureHandler } from './failure-handler.js';
import { type JournaledLedger, refOf } from './journaled-ledger.js';
import type { RunProgress } from './run-progress.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';
import type { Staged, Stagings } from './stagings.js';
import type { Tallies } from './tallies.js';
import type { KnownWorker, WorkerConnections } from './worker-connections.js';

export interface TaskResultsOptions {
  readonly registry: Pick<RunRegistry, 'find'>;
  readonly ledger: Pick<Ledger, 'find'>;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly progress: Pick<RunProgress, 'complete'>;
  readonly stagings: Pick<Stagings, 'of' | 'add'>;
  readonly workers: Pick<WorkerConnections, 'owns'>;
  readonly failures: Pick<FailureHandler, 'failed' | 'doneWell'>;
  readonly blobs: Pick<BlobRecovery, 'arrived'>;
  readonly batch: Pick<BatchBuilder, 'result'>;
  readonly counters: Pick<Counters, 'add'>;
  readonly tallies: Pick<Tallies, 'chunkBytes'>;
  /** Results that are durable. */
  readonly results: ResultReader;
}

/** Bytes of one lease that may wait for their acknowledgement. */
export const WINDOW_BYTES = 4 * 1024 ** 2;

/** Takes what workers hand in for their leases, from the first chunk to the end of the task. */
export class TaskResults {
  readonly #options: TaskResultsOptions;

  constructor(options: TaskResultsOptions) {
    this.#options = options;
  }

  /** Whether a lease lives and is the worker's own. */
  holds(workerId: string, ref: LeaseRef): boolean {
    return this.#leaseOf(workerId, ref) !== undefined;
  }

  /**
   * Takes a message for a lease. Throws what refuses it, which then has no effect: `cancelled` where the lease is over or
   * another worker's, `invalid-input` or `corrupt-data` for results that do not fit their task.
   */
  accept(worker: KnownWorker, message: ReliableMessage, now: number): void {
    const { registry, stagings, journal, failures } = this.#options;
    const { run: id, task, attempt, token } = message;
    const run = registry.find(id);
    const lease = this.#leaseOf(worker.info.workerId, message);
    const staged = stagings.of(token);
    if (run === undefined || lease === undefined || staged === undefined) {
      throw new OodError(
        'cancelled',
        `task ${task} of run ${id}: attempt ${attempt} has no lease any more; its results are refused`,
      );
    }
    switch (message.kind) {
      case 'chunk': {
        const { key, offsetRows, rows, columns, data } = message;
        countUnacked(worker, token, data.byteLength);
        stagings.add(staged, { kind: 'rows', token, key, offsetRows, rows, columns, data });
        this.#options.tallies.chunkBytes += data.byteLength;
        return;
      }
      case 'fitted': {
        const chunk: StagedChunk = { kind: 'fitted', token, key: message.key, blob: message.blob };
        stagings.add(staged, chunk);
        return;
      }
      case 'done':
        this.#complete(worker, run, lease, staged, message, now);
        return;
      case 'released':
        journal.apply({ kind: 'released', ...refOf(lease) }, now);
        return;
      case 'failed':
        failures.failed(run, refOf(lease), worker, message, now);
        return;
    }
  }

  #leaseOf(workerId: string, ref: LeaseRef): Lease | undefined {
    const { ledger, workers, counters } = this.#options;
    const lease = ledger.find(ref);
    if (lease === undefined || workers.owns(workerId, lease)) return lease;
    counters.add('refused_foreign_lease');
    return undefined;
  }

  #complete(
    worker: KnownWorker,
    run: RunState,
    lease: Lease,
    { staging, units }: Staged,
    { work, seconds }: Extract<ReliableMessage, { kind: 'done' }>,
    now: number,
  ): void {
    const { results: durable, counters, journal, batch, failures, blobs, progress } = this.#options;
    const ref = refOf(lease);
    const results = units.map(({ key }) => ({ key, result: staging.result(key) }));
    const reused = run.bind(ref.task).units.filter((unit) => !units.includes(unit));
    const known = reused.map(({ key }) => ({ key, result: durable.find(key) }));
    if (known.some(({ result }) => result === undefined)) {
      // What it was not asked for, because it was there when the lease was given, is gone since.
      counters.add('reused_and_gone');
      journal.apply({ kind: 'released', ...ref }, now);
      return;
    }
    const fitted: Record<Digest, Digest> = {};
    for (const { key, result } of results) {
      if (result.kind === 'fitted') fitted[key] = result.blob;
      batch.result({ key, result });
    }
    for (const { key, result } of known) if (result?.kind === 'fitted') fitted[key] = result.blob;
    failures.doneWell(run, ref.task, worker, now);
    for (const blob of Object.values(fitted)) blobs.arrived(blob);
    const reusedUnits = reused.length;
    const report = { fitted, work, seconds, reusedUnits, isReused: false, worker: lease.worker };
    progress.complete(run, ref, report, now);
  }
}

/** Throws `resource-exhausted` for a worker that does not keep to its window. */
function countUnacked(worker: KnownWorker, token: string, bytes: number): void {
  const unacked = (worker.unacked.get(token) ?? 0) + bytes;
  worker.unacked.set(token, unacked);
  if (unacked <= 2 * WINDOW_BYTES) return;
  throw new OodError('resource-exhausted', `more than ${WINDOW_BYTES} bytes wait for their acknowledgement`);
}
