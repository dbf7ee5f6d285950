import type { Digest } from '@oodgrid/contract';
import Database from 'libsql';
import type { ResultReader, UnitResult } from './result-reader.js';
import { type ResultRow, resultOfRow } from './result-row.js';
import { storeError } from './sqlite-error.js';

/**
 * The results of a store that another thread or process writes, read-only: the write-ahead log lets it read what
 * was committed last without waiting.
 */
export class StoredResults implements ResultReader {
  readonly #path: string;
  readonly #db: Database.Database;
  readonly #findResult: Database.Statement;
  readonly #findFresh: Database.Statement;
  readonly #allFresh: Database.Statement;
  /** Row ids of fresh results: their table has no index by key, which keeps writing fast. */
  readonly #freshIds = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
    try {
      this.#db = new Database(path, { readonly: true });
      this.#db.pragma('busy_timeout = 30000');
      const columns = 'rows, columns, data, crc, blob';
      this.#findResult = this.#db.prepare(`select ${columns} from results where key = ?`);
      this.#findFresh = this.#db.prepare(`select ${columns} from fresh where id = ? and key = ?`);
      this.#allFresh = this.#db.prepare('select id, key from fresh order by id');
    } catch (thrown) {
      throw storeError(path, thrown, 'could not be opened');
    }
  }

  find(key: Digest): UnitResult | undefined {
    try {
      // A fresh result may be moved to its place between two looks.
      return this.#settled(key) ?? this.#fresh(key) ?? this.#settled(key);
    } catch (thrown) {
      throw storeError(this.#path, thrown, 'could not be read');
    }
  }

  close(): void {
    this.#db.close();
  }

  #settled(key: Digest): UnitResult | undefined {
    return resultOf(this.#findResult.get(key));
  }

  #fresh(key: Digest): UnitResult | undefined {
    const known = this.#freshAt(key);
    if (known !== undefined) return known;
    this.#freshIds.clear();
    for (const { id, key: own } of this.#allFresh.all() as { id: number; key: string }[]) {
      this.#freshIds.set(own, id);
    }
    return this.#freshAt(key);
  }

  #freshAt(key: Digest): UnitResult | undefined {
    const id = this.#freshIds.get(key);
    return id === undefined ? undefined : resultOf(this.#findFresh.get(id, key));
  }
}

const resultOf = (row: unknown): UnitResult | undefined =>
  row === undefined ? undefined : resultOfRow(row as ResultRow);
