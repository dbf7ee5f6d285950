import type { Digest } from '@oodgrid/contract';
import type { Ledger } from '../ledger/ledger.js';
import type { Failure } from '../ledger/ledger-events.js';

/** A worker that could not get a blob, and the task that it was for. */
export interface Complaint {
  readonly worker: string;
  readonly run: string;
  readonly task: number;
  readonly failure: Failure;
}

/** The operations of the ledger that missing blobs need. */
export type LedgerPort = Pick<Ledger, 'hold' | 'release' | 'run'>;

interface Complained {
  /** False until the store was looked at. */
  isMissing: boolean;
  checkedAt: number;
  /** Tasks that are kept from everybody until it is there, by run. */
  readonly tasks: Map<string, Set<number>>;
  complaints: Complaint[];
}

/** The store is looked at again this often for what it lacks: somebody may have put it back by hand. */
const CHECK_AGAIN_MS = 30_000;

/**
 * Blobs that workers could not get, and the tasks that wait for them. Not durable: after a restart whoever needs such a
 * blob complains again.
 */
export class MissingBlobs {
  readonly #ledger: LedgerPort;
  readonly #blobs = new Map<Digest, Complained>();

  constructor(ledger: LedgerPort) {
    this.#ledger = ledger;
  }

  get isEmpty(): boolean {
    return this.#blobs.size === 0;
  }

  isMissing(blob: Digest): boolean {
    return this.#blobs.get(blob)?.isMissing ?? false;
  }

  /** Missing blobs that tasks of a run wait for. */
  *missingOf(run: string): Generator<Digest> {
    for (const [blob, { isMissing, tasks }] of this.#blobs) if (isMissing && tasks.has(run)) yield blob;
  }

  /** Keeps a task from every worker until the blob is there. */
  hold(blob: Digest, run: string, task: number): void {
    this.#ledger.hold(run, task);
    const { tasks } = this.#of(blob);
    const known = tasks.get(run);
    if (known === undefined) tasks.set(run, new Set([task]));
    else known.add(task);
  }

  /** A worker could not get a blob. Returns whether the store has to be looked at for it. */
  complain(blob: Digest, complaint: Complaint, now: number): boolean {
    const isNew = !this.#blobs.has(blob);
    this.hold(blob, complaint.run, complaint.task);
    const known = this.#of(blob);
    if (!known.isMissing) known.complaints.push(complaint);
    if (isNew) known.checkedAt = now;
    return isNew;
  }

  /** The store does not have the blob, or has it with other bytes. Returns the runs that wait for it. */
  noteMissing(blob: Digest): readonly string[] {
    const known = this.#blobs.get(blob);
    if (known === undefined || known.isMissing) return [];
    known.isMissing = true;
    known.complaints = [];
    return [...known.tasks.keys()];
  }

  /** The blob is there: tasks that waited for it go on. Returns the complaints of those who could not get it all the same. */
  noteThere(blob: Digest): readonly Complaint[] {
    const known = this.#blobs.get(blob);
    if (known === undefined) return [];
    this.#blobs.delete(blob);
    for (const [run, tasks] of known.tasks) for (const task of tasks) this.#ledger.release(run, task);
    return known.complaints;
  }

  /** Blobs that the store should be looked at for again; forgets those that no task waits for. */
  takeStale(now: number): readonly Digest[] {
    const stale: Digest[] = [];
    for (const [blob, known] of this.#blobs) {
      for (const run of known.tasks.keys()) if (this.#ledger.run(run) === undefined) known.tasks.delete(run);
      if (known.tasks.size === 0) this.#blobs.delete(blob);
      else if (now - known.checkedAt >= CHECK_AGAIN_MS) {
        known.checkedAt = now;
        stale.push(blob);
      }
    }
    return stale;
  }

  #of(blob: Digest): Complained {
    const known = this.#blobs.get(blob) ?? {
      isMissing: false,
      checkedAt: 0,
      tasks: new Map(),
      complaints: [],
    };
    this.#blobs.set(blob, known);
    return known;
  }
}
