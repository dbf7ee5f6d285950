import { existsSync, renameSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';
import Database from 'libsql';
import { storeError } from './sqlite-error.js';
import { SqliteStore } from './sqlite-store.js';

/** Files of a database. */
const PARTS = ['', '-wal', '-shm'];

/**
 * Opens the results of former runs on this machine. They are a cache: a file that cannot be used (damaged, or another version's) is set
 * aside, which is said, and a new one is begun. Throws what else is wrong, for example `resource-exhausted`.
 */
export function openScoreCache(path: string, say: (line: string) => void): SqliteStore {
  try {
    return new SqliteStore({ path, isExclusive: false });
  } catch (thrown) {
    const error = OodError.from(thrown);
    if (error.code !== 'corrupt-data' && error.code !== 'invalid-input') throw error;
    // The store's own advice is for what is no cache.
    setScoresAside(path, OodError.from(error.cause).message, say);
    return new SqliteStore({ path, isExclusive: false });
  }
}

/** Whether the file is damaged somewhere that opening it does not touch. Reads all of it. */
export function areScoresDamaged(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const db = new Database(path, { readonly: true });
    try {
      const [row] = db.pragma('quick_check(1)') as { quick_check: string }[];
      return row?.quick_check !== 'ok';
    } finally {
      db.close();
    }
  } catch (thrown) {
    // What cannot be read for another reason, a lock or a permission, is not damaged by that.
    return storeError(path, thrown, 'could not be checked').code === 'corrupt-data';
  }
}

/** Moves the file away, over what was set aside before. */
export function setScoresAside(path: string, reason: string, say: (line: string) => void): void {
  for (const part of PARTS) {
    if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${path}.damaged${part}`);
  }
  say(
    `the scores of former runs cannot be used: ${reason}. They are a cache: a new one is begun, the old file is ${path}.damaged`,
  );
}
