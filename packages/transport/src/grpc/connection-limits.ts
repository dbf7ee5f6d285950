import { readFileSync } from 'node:fs';
import type { ConnectionLimits } from './connection-guard.js';

const MAX_CONNECTIONS = 10_000;
const MAX_PENDING = 500;
const ADMIT_MS = 10_000;
/** Files that a process has open beside its connections: the store, blobs that are read and written, libraries, threads. */
const OTHER_FILES = 512;

/**
 * Limits of a server in a process that may have so many files open. A connection is a file: without room beside them the store could not be
 * written any more. One caller has at most half of everything.
 */
export function connectionLimits(openFiles: number): ConnectionLimits {
  const room = Math.max(openFiles - OTHER_FILES, Math.floor(openFiles / 4));
  const maxConnections = Math.min(MAX_CONNECTIONS, room);
  return {
    maxConnections,
    maxOfCaller: Math.ceil(maxConnections / 2),
    maxPending: Math.min(MAX_PENDING, Math.ceil(maxConnections / 4)),
    admitMs: ADMIT_MS,
  };
}

/** Files that this process may have open at once (`ulimit -n`; Node raises the soft limit to the hard one); infinite where nobody says. */
export function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
