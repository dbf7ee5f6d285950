import { type Digest, OodError } from '@oodgrid/contract';
import type { JournalRecord, StagedChunk, Store, StoreBatch, UnitResult } from '@oodgrid/coordinator';

/** The machine stopped in the middle of a write: whatever ran is no more. */
export class Crash extends Error {}

/** Outcome of a write. */
export type WriteFate =
  | 'whole'
  /** The disk is full: the write fails, the process lives. */
  | 'full'
  /** The machine stops before anything is written. */
  | 'crash-before'
  /** The machine stops in the middle: the entry is torn. */
  | 'crash-torn'
  /** The machine stops when the bytes are written but not synced: they may or may not survive. */
  | 'crash-unsynced'
  /** The machine stops right after the write is durable, before anybody hears of it. */
  | 'crash-after';

interface Entry {
  readonly batch: StoreBatch;
  isWhole: boolean;
  isSynced: boolean;
}

/** A simulated disk with one write-ahead log, which outlives every process that writes it. */
export class SimulatedDisk {
  /** Id of the store that lies on it. */
  readonly id: string;
  entries: Entry[] = [];

  constructor(id: string) {
    this.id = id;
  }

  /** Power is lost: what was not synced may be gone, and everything after the first damage is. */
  crash(survives: () => boolean): void {
    const damaged = this.entries.findIndex(({ isWhole, isSynced }) => !isWhole || (!isSynced && !survives()));
    if (damaged >= 0) this.entries.splice(damaged);
    for (const entry of this.entries) entry.isSynced = true;
  }
}

/** The store of the simulation: the same contract as SQLite's, on a disk that can be made to fail. */
export class DiskStore implements Store {
  readonly #disk: SimulatedDisk;
  readonly #fate: () => WriteFate;
  readonly #results = new Map<Digest, UnitResult>();
  readonly #chunks = new Map<string, StagedChunk[]>();
  readonly #records: JournalRecord[] = [];
  readonly #leased = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #workerOf = new Map<string, string>();
  /** Workers that failed a task which is not done yet, or handed it back because of a failure of their own. */
  readonly #failedOn = new Map<string, Set<string>>();

  constructor(disk: SimulatedDisk, fate: () => WriteFate) {
    this.#disk = disk;
    this.#fate = fate;
    for (const { batch } of disk.entries) this.#apply(batch);
  }

  get id(): string {
    return this.#disk.id;
  }

  records(): Iterable<JournalRecord> {
    return this.#records;
  }

  chunks(): Iterable<StagedChunk> {
    return [...this.#chunks.values()].flat();
  }

  *fittedBlobs(): Iterable<Digest> {
    for (const chunk of this.chunks()) if (chunk.kind === 'fitted') yield chunk.blob;
    for (const result of this.#results.values()) if (result.kind === 'fitted') yield result.blob;
  }

  find(key: Digest): UnitResult | undefined {
    return this.#results.get(key);
  }

  commit(batch: StoreBatch): void {
    const fate = this.#fate();
    if (fate === 'full') throw new OodError('resource-exhausted', 'the simulated disk is full');
    if (fate === 'crash-before') throw new Crash();
    // The caller's arrays are its own: what is written is a copy.
    const entry: Entry = { batch: copyOf(batch), isWhole: fate !== 'crash-torn', isSynced: false };
    this.#disk.entries.push(entry);
    if (fate === 'crash-torn' || fate === 'crash-unsynced') throw new Crash();
    entry.isSynced = true;
    this.#apply(entry.batch);
    if (fate === 'crash-after') throw new Crash();
  }

  compact(): void {
    // Snapshots have tests of their own; here the journal is never long enough.
  }

  close(): void {
    // The disk is the simulation's.
  }

  // ---- what the invariants ask

  isLeaseDurable(token: string): boolean {
    return this.#leased.has(token);
  }

  isEnded(token: string): boolean {
    return this.#ended.has(token);
  }

  failedOn(run: string, task: number): ReadonlySet<string> {
    return this.#failedOn.get(`${run}/${task}`) ?? NOBODY;
  }

  hasChunk(token: string, key: Digest, offsetRows: number): boolean {
    return (this.#chunks.get(token) ?? []).some(
      (chunk) => chunk.key === key && (chunk.kind === 'fitted' || chunk.offsetRows === offsetRows),
    );
  }

  #note(record: JournalRecord): void {
    if (record.kind === 'leased') {
      this.#leased.add(record.token);
      this.#workerOf.set(record.token, record.worker);
    } else if (record.kind === 'failed' || record.kind === 'handed-back') {
      const id = `${record.run}/${record.task}`;
      const worker = this.#workerOf.get(record.token) ?? '';
      this.#failedOn.set(id, (this.#failedOn.get(id) ?? new Set()).add(worker));
    } else if (record.kind === 'completed' || record.kind === 'reused' || record.kind === 'done') {
      this.#failedOn.delete(`${record.run}/${record.task}`);
    } else if (record.kind === 'moved') {
      // Every task of it starts anew.
      for (const id of this.#failedOn.keys()) if (id.startsWith(`${record.run}/`)) this.#failedOn.delete(id);
    }
  }

  #apply({ records, chunks, endedLeases, results }: StoreBatch): void {
    for (const record of records) {
      this.#records.push(record);
      this.#note(record);
    }
    for (const token of endedLeases) {
      this.#chunks.delete(token);
      this.#ended.add(token);
    }
    for (const chunk of chunks) {
      const known = this.#chunks.get(chunk.token);
      if (known === undefined) this.#chunks.set(chunk.token, [chunk]);
      else known.push(chunk);
    }
    for (const { key, result } of results) this.#results.set(key, result);
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function copyOf(batch: StoreBatch): StoreBatch {
  const { chunks, results } = batch;
  if (chunks.length === 0 && results.length === 0) return batch;
  return {
    ...batch,
    chunks: chunks.map((chunk) => (chunk.kind === 'rows' ? { ...chunk, data: chunk.data.slice() } : chunk)),
    results: results.map(({ key, result }) => ({
      key,
      result: result.kind === 'scores' ? { ...result, data: result.data.slice() } : result,
    })),
  };
}
