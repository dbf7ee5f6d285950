import type { Digest } from '@oodgrid/contract';
import type { BatchBuilder } from './batch.js';
import type { Counters } from './counters.js';
import type { JournaledLedger } from './journaled-ledger.js';
import { type Complaint, type LedgerPort, MissingBlobs } from './missing-blobs.js';
import type { RunRegistry } from './run-registry.js';
import type { RunState } from './run-state.js';

export interface BlobRecoveryOptions {
  readonly ledger: LedgerPort;
  readonly journal: Pick<JournaledLedger, 'apply'>;
  readonly registry: Pick<RunRegistry, 'find' | 'title'>;
  readonly batch: Pick<BatchBuilder, 'after' | 'emit'>;
  readonly counters: Pick<Counters, 'add'>;
  /** Looks whether the store has a blob, and whole; the answer comes back through `checked`. */
  readonly check: (blob: Digest) => void;
}

/**
 * Blobs that the store lacks: a fitted state is computed again, and what a client has uploaded is waited for. Tasks that
 * read such a blob are handed to nobody meanwhile.
 */
export class BlobRecovery {
  readonly #options: BlobRecoveryOptions;
  readonly #missing: MissingBlobs;

  constructor(options: BlobRecoveryOptions) {
    this.#options = options;
    this.#missing = new MissingBlobs(options.ledger);
  }

  /** A worker could not get a blob of a task that it held. */
  complain(blob: Digest, complaint: Complaint, now: number): void {
    const { counters, batch, check } = this.#options;
    counters.add('blobs_missed');
    if (this.#missing.complain(blob, complaint, now)) batch.after(() => check(blob));
    else if (this.#missing.isMissing(blob)) this.#restore(complaint.run, blob, now);
  }

  /** Whether a task that could be handed out waits for a blob. It is kept back then. */
  holdsBack(run: RunState, task: number, now: number): boolean {
    if (this.#missing.isEmpty) return false;
    const blob = run.bind(task).reads.find((one) => this.#missing.isMissing(one));
    if (blob === undefined) return false;
    this.#missing.hold(blob, run.id, task);
    this.#restore(run.id, blob, now);
    return true;
  }

  /** The store was looked at. Returns the complaints of those who could not get a blob that is there: their own failure. */
  checked(blob: Digest, isThere: boolean, now: number): readonly Complaint[] {
    if (isThere) return this.#missing.noteThere(blob);
    for (const run of this.#missing.noteMissing(blob)) this.#restore(run, blob, now);
    return [];
  }

  /** A blob was stored: tasks that waited for it go on. */
  arrived(blob: Digest): void {
    this.#missing.noteThere(blob);
  }

  /** Has the store looked at again for what was missing a while ago. */
  tick(now: number): void {
    const { batch, check } = this.#options;
    for (const blob of this.#missing.takeStale(now)) batch.after(() => check(blob));
  }

  /** Describes the blobs that somebody has to upload before a run goes on; empty without any. */
  waitsFor(run: RunState): string {
    for (const blob of this.#missing.missingOf(run.id)) {
      if (run.workload.fitOf(blob) === undefined) return missingText(run, blob);
    }
    return '';
  }

  /** Reopens the fit that gave a blob, or tells the run's watchers that the blob has to be uploaded. */
  #restore(id: string, blob: Digest, now: number): void {
    const { registry, ledger, journal, batch, counters } = this.#options;
    const run = registry.find(id);
    if (run === undefined || run.ended !== null) return;
    const fit = run.workload.fitOf(blob);
    if (fit === undefined) {
      if (run.toldMissing.has(blob)) return;
      run.toldMissing.add(blob);
      const message = missingText(run, blob);
      batch.emit(id, { kind: 'blob-missing', blob, isDoneAgain: false, message });
      return;
    }
    if (ledger.run(id)?.tasks.is(fit, 'done') !== true) return;
    counters.add('fits_done_again');
    journal.apply({ kind: 'reopened', run: id, task: fit }, now);
    const message = `the state that ${registry.title(id, fit)} gave is gone: it is done again`;
    batch.emit(id, { kind: 'blob-missing', blob, isDoneAgain: true, message });
  }
}

const missingText = (run: RunState, blob: Digest): string =>
  `the coordinator's store lacks blob ${blob} (${run.workload.blobName(blob)}), or had it damaged: submit the grid again, which uploads it, and this run goes on`;
