import { OodError } from '@oodgrid/contract';
import Database from 'libsql';

export function releaseLock(lock: Database.Database | null): void {
  if (lock === null) return;
  try {
    // Closing alone would leave it to the garbage collector.
    lock.exec('rollback');
  } finally {
    lock.close();
  }
}

/** Keeps others off a store until the process ends, however it ends. Throws `unavailable` when somebody has it. */
export function takeLock(path: string): Database.Database {
  const lock = new Database(path);
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (cause) {
    lock.close();
    const message = `${path}: another coordinator works on this store; stop it first, or use another --store`;
    throw new OodError('unavailable', message, { cause });
  }
}
