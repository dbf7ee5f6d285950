import type { Digest } from '@oodgrid/protocol';
import type { Ledger } from '../ledger/ledger.js';
import type { Failure } from '../ledger/ledger-events.js';

/** Who could not get a blob, for which task. */
export interface Complaint {
  readonly worker: string;
  readonly run: string;
  readonly task: number;
  readonly failure: Failure;
}

interface Lacking {
  /** False until the store was looked at. */
  isMissing: boolean;
  checkedAt: number;
  /** Tasks that are kept from everybody until it is there, by run. */
  readonly tasks: Map<string, Set<number>>;
  complaints: Complaint[];
}

/** So often the store is looked at again for what it lacks: somebody may have put it back by hand. */
const CHECK_AGAIN_MS = 30_000;

/** Blobs that workers could not get, and the tasks that wait for them. Forgotten with the process: whoever needs one complains again. */
export class LackingBlobs {
  readonly #ledger: Ledger;
  readonly #blobs = new Map<Digest, Lacking>();

  constructor(ledger: Ledger) {
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

  /** Keeps a task from everybody. */
  hold(blob: Digest, run: string, task: number): void {
    this.#ledger.hold(run, task);
    const { tasks } = this.#of(blob);
    const known = tasks.get(run);
    if (known === undefined) tasks.set(run, new Set([task]));
    else known.add(task);
  }

  /** True when the store has to be looked at. */
  complain(blob: Digest, complaint: Complaint, now: number): boolean {
    const isNew = !this.#blobs.has(blob);
    this.hold(blob, complaint.run, complaint.task);
    const lacking = this.#of(blob);
    if (!lacking.isMissing) lacking.complaints.push(complaint);
    if (isNew) lacking.checkedAt = now;
    return isNew;
  }

  /** The store does not have it, or has it with other bytes: gives the runs that wait for it. */
  noteMissing(blob: Digest): readonly string[] {
    const lacking = this.#blobs.get(blob);
    if (lacking === undefined || lacking.isMissing) return [];
    lacking.isMissing = true;
    lacking.complaints = [];
    return [...lacking.tasks.keys()];
  }

  /** It is there: tasks that waited for it may go on. Gives those who could not get it all the same. */
  noteThere(blob: Digest): readonly Complaint[] {
    const lacking = this.#blobs.get(blob);
    if (lacking === undefined) return [];
    this.#blobs.delete(blob);
    for (const [run, tasks] of lacking.tasks) for (const task of tasks) this.#ledger.release(run, task);
    return lacking.complaints;
  }

  /** Blobs that the store should be looked at for again; forgets those that nobody waits for any more. */
  takeStale(now: number): readonly Digest[] {
    const stale: Digest[] = [];
    for (const [blob, lacking] of this.#blobs) {
      for (const run of lacking.tasks.keys())
        if (this.#ledger.run(run) === undefined) lacking.tasks.delete(run);
      if (lacking.tasks.size === 0) this.#blobs.delete(blob);
      else if (now - lacking.checkedAt >= CHECK_AGAIN_MS) {
        lacking.checkedAt = now;
        stale.push(blob);
      }
    }
    return stale;
  }

  #of(blob: Digest): Lacking {
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
