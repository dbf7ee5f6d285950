import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Digest, digestSchema, OodError } from '@oodgrid/contract';
import Database from 'libsql';
import { decodeRecords } from './journal-codec.js';
import type { JournalRecord } from './journal-record.js';
import type { UnitResult } from './result-reader.js';
import { bytes, columnsOf, floats, type ResultRow, resultOfRow } from './result-row.js';
import { storeError } from './sqlite-error.js';
import { releaseLock, takeLock } from './sqlite-lock.js';
import { insertFresh, SCHEMA, VERSION } from './sqlite-schema.js';
import type { StagedChunk, Store, StoreBatch } from './store.js';

/**
 * New results are appended to a table of their own and moved in the order of their keys when there are so many:
 * a key is a hash, so that each alone would dirty a page of its own.
 */
const MAX_FRESH = 20_000;
/** Or when their data is so large: one that has pages of its own anyway gains nothing, and moving them takes its time. */
const MAX_FRESH_BYTES = 8 * 1024 ** 2;
/** Results that are kept in memory beyond that: what was just computed is what a choice or a merge reads next. */
const RECENT_BYTES = 64 * 1024 ** 2;
/** Calls into SQLite cost more than what they do here: full commits hand their results over in such groups. */
const RESULTS_PER_INSERT = 32;
/** Bytes of an entry beside its numbers. */
const ENTRY_BYTES = 300;

export interface SqliteStoreOptions {
  /** File of the database; its folder is made. */
  readonly path: string;
  /**
   * True: this process alone keeps its journal here, and a second one is refused. False: only results are
   * kept, and several processes share them.
   */
  readonly isExclusive: boolean;
}

interface ChunkRow {
  readonly token: string;
  readonly key: string;
  readonly offset_rows: number | null;
  readonly rows: number | null;
  readonly columns: number | null;
  readonly data: Buffer | null;
  readonly blob: string | null;
}

/** The store on SQLite: write-ahead log, every commit synced. */
export class SqliteStore implements Store {
  readonly id: string;
  readonly #path: string;
  readonly #isExclusive: boolean;
  readonly #db: Database.Database;
  readonly #lock: Database.Database | null;
  readonly #insertRecords: Database.Statement;
  readonly #insertChunk: Database.Statement;
  readonly #deleteChunks: Database.Statement;
  readonly #insertResult: Database.Statement;
  readonly #findResult: Database.Statement;
  readonly #insertFresh: Database.Statement;
  readonly #insertManyFresh: Database.Statement;
  /** The last results, oldest first; those that are not moved yet are always among them. */
  readonly #recent = new Map<Digest, UnitResult>();
  #recentBytes = 0;
  /** Tokens of leases that have chunks here. */
  readonly #withChunks = new Set<string>();
  #freshCount = 0;
  #freshBytes = 0;

  /** Throws `unavailable` when another coordinator has the store, `corrupt-data` when it cannot be read. */
  constructor({ path, isExclusive }: SqliteStoreOptions) {
    this.#path = path;
    this.#isExclusive = isExclusive;
    mkdirSync(dirname(path), { recursive: true });
    this.#lock = isExclusive ? takeLock(`${path}.lock`) : null;
    let db: Database.Database | undefined;
    try {
      db = new Database(path);
      this.#db = db;
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('busy_timeout = 30000');
      db.exec(SCHEMA);
      this.#checkVersion();
      this.id = this.#identity();
      if (isExclusive) this.#settle();
      this.#insertRecords = db.prepare('insert into journal (records) values (?)');
      this.#insertChunk = db.prepare('insert into chunks values (?, ?, ?, ?, ?, ?, ?)');
      this.#deleteChunks = db.prepare('delete from chunks where token = ?');
      this.#insertResult = db.prepare('insert or replace into results values (?, ?, ?, ?, ?, ?)');
      this.#insertFresh = db.prepare(insertFresh(1));
      this.#insertManyFresh = db.prepare(insertFresh(RESULTS_PER_INSERT));
      for (const { token } of db.prepare('select distinct token from chunks').all() as { token: string }[]) {
        this.#withChunks.add(token);
      }
      this.#findResult = db.prepare('select rows, columns, data, crc, blob from results where key = ?');
    } catch (thrown) {
      db?.close();
      releaseLock(this.#lock);
      throw storeError(this.#path, thrown, 'could not be opened');
    }
  }

  *records(): Iterable<JournalRecord> {
    for (const row of this.#rows('select records from journal order by seq')) {
      const { records } = row as { records: string };
      yield* decodeRecords(records);
    }
  }

  *chunks(): Iterable<StagedChunk> {
    for (const row of this.#rows('select * from chunks order by rowid')) {
      const { token, key, blob, data, ...place } = row as ChunkRow;
      const unit = digestSchema.parse(key);
      if (blob !== null) yield { kind: 'fitted', token, key: unit, blob: digestSchema.parse(blob) };
      else {
        const { offset_rows: offsetRows, rows, columns } = place;
        if (offsetRows === null || rows === null || columns === null || data === null)
          throw new OodError(
            'corrupt-data',
            `${this.#path}: a chunk of unit ${key} has no place or no values`,
          );
        yield { kind: 'rows', token, key: unit, offsetRows, rows, columns, data: floats(data) };
      }
    }
  }

  *fittedBlobs(): Iterable<Digest> {
    const query =
      'select blob from results where blob is not null union select blob from fresh where blob is not null union select blob from chunks where blob is not null';
    for (const row of this.#rows(query)) yield digestSchema.parse((row as { blob: string }).blob);
  }

  find(key: Digest): UnitResult | undefined {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const row = this.#readResult(key);
    return row === undefined ? undefined : resultOfRow(row);
  }

  commit({ records, chunks, endedLeases, results }: StoreBatch): void {
    if (!this.#isExclusive && results.length === 0) return;
    try {
      this.#db.exec('begin immediate');
      if (this.#isExclusive) {
        if (records.length > 0) this.#insertRecords.run(JSON.stringify(records));
        for (const token of endedLeases) {
          // Most are over within one commit, and never had a chunk here.
          if (this.#withChunks.delete(token)) this.#deleteChunks.run(token);
        }
        for (const chunk of chunks) this.#putChunk(chunk);
      }
      if (this.#isExclusive) this.#appendResults(results);
      else for (const { key, result } of results) this.#insertResult.run(key, ...columnsOf(result));
      this.#db.exec('commit');
      if (this.#isExclusive) this.#remember(results);
      if (this.#freshCount >= MAX_FRESH || this.#freshBytes >= MAX_FRESH_BYTES) this.#settle();
    } catch (thrown) {
      this.#rollBack();
      throw storeError(this.#path, thrown, 'could not be written');
    }
  }

  compact(records: readonly JournalRecord[]): void {
    try {
      this.#db.exec('begin immediate');
      this.#db.exec('delete from journal');
      for (let from = 0; from < records.length; from += 1000) {
        this.#insertRecords.run(JSON.stringify(records.slice(from, from + 1000)));
      }
      this.#db.exec('commit');
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (thrown) {
      this.#rollBack();
      throw storeError(this.#path, thrown, 'could not be compacted');
    }
  }

  close(): void {
    this.#db.close();
    releaseLock(this.#lock);
  }

  #putChunk(chunk: StagedChunk): void {
    const { token, key } = chunk;
    this.#withChunks.add(token);
    if (chunk.kind === 'fitted') {
      this.#insertChunk.run(token, key, null, null, null, null, chunk.blob);
      return;
    }
    const { offsetRows, rows, columns, data } = chunk;
    this.#insertChunk.run(token, key, offsetRows, rows, columns, bytes(data), null);
  }

  #appendResults(results: StoreBatch['results']): void {
    let from = 0;
    for (; from + RESULTS_PER_INSERT <= results.length; from += RESULTS_PER_INSERT) {
      const some = results.slice(from, from + RESULTS_PER_INSERT);
      this.#insertManyFresh.run(some.flatMap(({ key, result }) => [key, ...columnsOf(result)]));
    }
    for (const { key, result } of results.slice(from)) this.#insertFresh.run(key, ...columnsOf(result));
  }

  /** Moves the fresh results to their places. */
  #settle(): void {
    this.#db.exec('begin immediate');
    // In the order of their arrival among equals: the last one counts.
    const columns = 'key, rows, columns, data, crc, blob';
    this.#db.exec(`insert or replace into results select ${columns} from fresh order by key, id`);
    this.#db.exec('delete from fresh');
    this.#db.exec('commit');
    this.#freshCount = 0;
    this.#freshBytes = 0;
    for (const [key, result] of this.#recent) {
      if (this.#recentBytes <= RECENT_BYTES) break;
      this.#recent.delete(key);
      this.#recentBytes -= sizeOf(result);
    }
  }

  #remember(results: StoreBatch['results']): void {
    for (const { key, result } of results) {
      const former = this.#recent.get(key);
      if (former !== undefined) this.#recentBytes -= sizeOf(former);
      this.#recent.delete(key);
      this.#recent.set(key, result);
      this.#recentBytes += sizeOf(result);
      this.#freshBytes += sizeOf(result) - ENTRY_BYTES;
    }
    this.#freshCount += results.length;
  }

  *#rows(query: string): Generator<unknown> {
    try {
      yield* this.#db.prepare(query).iterate();
    } catch (thrown) {
      throw storeError(this.#path, thrown, 'could not be read');
    }
  }

  #readResult(key: Digest): ResultRow | undefined {
    try {
      return this.#findResult.get(key) as ResultRow | undefined;
    } catch (thrown) {
      throw storeError(this.#path, thrown, 'could not be read');
    }
  }

  #rollBack(): void {
    try {
      if (this.#db.inTransaction) this.#db.exec('rollback');
    } catch {
      // What made the transaction fail may have ended it, or keeps the roll-back from its file as well; either
      // way the store is closed and read again.
    }
  }

  /** Stores of former versions have none: they get theirs when they are first opened. */
  #identity(): string {
    const known = this.#db.prepare('select id from identity').get() as { id: string } | undefined;
    if (known !== undefined) return known.id;
    const id = randomBytes(8).toString('hex');
    this.#db.prepare('insert into identity values (?)').run(id);
    return id;
  }

  #checkVersion(): void {
    const [row] = this.#db.pragma('user_version') as { user_version: number }[];
    if (row === undefined) throw new OodError('corrupt-data', 'SQLite does not say which version it has');
    const found = row.user_version;
    if (found === 0) this.#db.pragma(`user_version = ${VERSION}`);
    else if (found !== VERSION) {
      throw new OodError(
        'invalid-input',
        `it has version ${found}, this program writes version ${VERSION}: use the program that made it, or another store`,
      );
    }
  }
}

const sizeOf = (result: UnitResult): number =>
  ENTRY_BYTES + (result.kind === 'scores' ? result.data.byteLength : 0);
