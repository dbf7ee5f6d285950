import { randomUUID } from 'node:crypto';
import { lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { OodError } from '@oodgrid/contract';
import { requireWritable } from './writable-folder.js';

/** A run's folder that is this process's to write. */
export interface ReservedOutput {
  readonly folder: string;
  release(): void;
}

/** The process that has reserved a folder. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one with its number; empty where the system does not say. */
  readonly started: string;
}

/** A reservation that cannot be read yet is being written by somebody. */
const WRITING_MS = 10_000;

/**
 * Takes the folder for this process before anything is computed, by a file beside it. Throws `invalid-input` when
 * the folder exists, `conflict` when a living process has reserved it, `unavailable` when it cannot be made.
 */
export async function reserveOutput(folder: string): Promise<ReservedOutput> {
  requireAbsent(folder);
  await requireWritable(dirname(folder), `the place of the results`, 'give another --output');
  const marker = join(dirname(folder), `.${basename(folder)}.reserved`);
  take(marker, folder);
  const release = () => {
    process.removeListener('exit', release);
    rmSync(marker, { force: true });
  };
  process.once('exit', release);
  try {
    // Who had it until now may have finished in between.
    requireAbsent(folder);
  } catch (error) {
    release();
    throw error;
  }
  return { folder, release };
}

function requireAbsent(folder: string): void {
  try {
    lstatSync(folder);
  } catch {
    // Absent, or its parent is not what it should be, which is told when that is written to.
    return;
  }
  throw new OodError(
    'invalid-input',
    `${folder}: exists already, and results are never written over others; remove it or give another --output`,
  );
}

function take(marker: string, folder: string): void {
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, started: startOf(process.pid) });
  for (;;) {
    try {
      writeFileSync(marker, mine, { flag: 'wx' });
      return;
    } catch (cause) {
      const error = OodError.from(cause);
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
        throw new OodError(error.code, `${folder}: cannot be reserved: ${error.message}`, { cause });
      }
    }
    dropStale(marker, folder);
  }
}

/** Removes the reservation of a process that is no more. Throws `conflict` when its process lives. */
function dropStale(marker: string, folder: string): void {
  const text = readMarker(marker);
  if (text === undefined) return;
  const holder = livingHolder(marker, text);
  if (holder !== undefined) {
    throw new OodError(
      'conflict',
      `${folder}: ${holder} writes its results there; give another --output (if that one is gone, remove ${marker})`,
    );
  }
  // Of several that see the same stale one, one moves it; whoever moved a fresh one by mistake puts it back.
  const aside = `${marker}.${randomUUID()}`;
  try {
    renameSync(marker, aside);
  } catch {
    // Another one has moved it.
    return;
  }
  if (readMarker(aside) === text) rmSync(aside, { force: true });
  else renameSync(aside, marker);
}

function readMarker(marker: string): string | undefined {
  try {
    return readFileSync(marker, 'utf8');
  } catch {
    // It is gone, or cannot be read: reserving the folder says which.
    return undefined;
  }
}

function livingHolder(marker: string, text: string): string | undefined {
  const owner = parseOwner(text);
  if (owner === undefined) {
    const written = statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - written < WRITING_MS ? 'another run' : undefined;
  }
  const name = `process ${owner.pid} on ${owner.host}`;
  // Nobody here knows of other machines' processes.
  if (owner.host !== hostname()) return name;
  const started = startOf(owner.pid);
  return started !== undefined && started === owner.started ? name : undefined;
}

function parseOwner(text: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(text);
    if (typeof owner !== 'object' || owner === null) return undefined;
    if (!('host' in owner && 'pid' in owner && 'started' in owner)) return undefined;
    const { host, pid, started } = owner;
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof started !== 'string') return undefined;
    return { host, pid, started };
  } catch {
    // Not written to its end yet.
    return undefined;
  }
}

/** Start time of a process of this machine as the kernel prints it; undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return afterName.split(' ')[19] ?? '';
  } catch {
    try {
      process.kill(pid, 0);
      return '';
    } catch (cause) {
      return cause instanceof Error && 'code' in cause && cause.code === 'EPERM' ? '' : undefined;
    }
  }
}
