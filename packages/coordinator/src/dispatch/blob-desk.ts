import type { Digest } from '@oodgrid/protocol';
import type { Complaint } from './lacking-blobs.js';
import { LackingBlobs } from './lacking-blobs.js';
import type { RunKeeper } from './run-keeper.js';
import type { RunState } from './run-state.js';

/** Where blobs are missed: what the store lacks is computed again where a fit gave it, and waited for where a client did. */
export class BlobDesk {
  readonly #keeper: RunKeeper;
  readonly #lacking: LackingBlobs;
  readonly #check: (blob: Digest) => void;

  /** `check` looks at the store and comes back with `checked`. */
  constructor(keeper: RunKeeper, check: (blob: Digest) => void) {
    this.#keeper = keeper;
    this.#check = check;
    this.#lacking = new LackingBlobs(keeper.ledger);
  }

  /** A worker could not get a blob of a task that it held. */
  complain(blob: Digest, complaint: Complaint, now: number): void {
    this.#keeper.counters.add('blobs_missed');
    if (this.#lacking.complain(blob, complaint, now)) this.#keeper.batch.after(() => this.#check(blob));
    else if (this.#lacking.isMissing(blob)) this.#restore(complaint.run, blob, now);
  }

  /** Whether a task that could be handed out waits for a blob; it is kept back then. */
  holdsBack(run: RunState, task: number, now: number): boolean {
    if (this.#lacking.isEmpty) return false;
    const blob = run.bind(task).reads.find((one) => this.#lacking.isMissing(one));
    if (blob === undefined) return false;
    this.#lacking.hold(blob, run.id, task);
    this.#restore(run.id, blob, now);
    return true;
  }

  /** The store was looked at. Gives those who could not get what is there: that is their own failure. */
  checked(blob: Digest, isThere: boolean, now: number): readonly Complaint[] {
    if (isThere) return this.#lacking.noteThere(blob);
    for (const run of this.#lacking.noteMissing(blob)) this.#restore(run, blob, now);
    return [];
  }

  /** A blob was uploaded. */
  arrived(blob: Digest): void {
    this.#lacking.noteThere(blob);
  }

  tick(now: number): void {
    for (const blob of this.#lacking.takeStale(now)) this.#keeper.batch.after(() => this.#check(blob));
  }

  /** What a run waits for that somebody has to bring; empty when nothing. */
  waitsFor(run: RunState): string {
    for (const blob of this.#lacking.missingOf(run.id)) {
      if (run.workload.fitOf(blob) === undefined) return missingText(run, blob);
    }
    return '';
  }

  /** A fit is done again when the state that it gave is gone. */
  #restore(id: string, blob: Digest, now: number): void {
    const run = this.#keeper.runs.get(id);
    if (run === undefined || run.ended !== null) return;
    const fit = run.workload.fitOf(blob);
    if (fit === undefined) {
      if (run.toldMissing.has(blob)) return;
      run.toldMissing.add(blob);
      this.#keeper.emit(id, {
        kind: 'blob-missing',
        blob,
        isDoneAgain: false,
        message: missingText(run, blob),
      });
      return;
    }
    if (this.#keeper.ledger.run(id)?.tasks.is(fit, 'done') !== true) return;
    this.#keeper.counters.add('fits_done_again');
    this.#keeper.apply({ kind: 'reopened', run: id, task: fit }, now);
    const message = `the state that ${this.#keeper.title(id, fit)} gave is gone: it is done again`;
    this.#keeper.emit(id, { kind: 'blob-missing', blob, isDoneAgain: true, message });
  }
}

const missingText = (run: RunState, blob: Digest): string =>
  `the coordinator's store lacks blob ${blob} (${run.workload.blobName(blob)}), or had it damaged: submit the grid again, which uploads it, and this run goes on`;
