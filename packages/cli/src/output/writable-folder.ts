import { randomUUID } from 'node:crypto';
import { mkdir, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OodError } from '@oodgrid/contract';

/**
 * Makes the folder and finds out, by writing, whether it can be written: permissions do not tell of full disks and
 * of file systems that are mounted for reading. Throws `unavailable` or `resource-exhausted` with the way out.
 */
export async function requireWritable(folder: string, whatFor: string, wayOut: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeProbe(folder);
  } catch (cause) {
    throw cannotWrite(folder, whatFor, wayOut, cause);
  }
}

/** The cache folder is where blobs, data sets and scores go. */
export const requireCache = (cacheDir: string): Promise<void> =>
  requireWritable(cacheDir, 'the cache folder', 'name another one in OODGRID_CACHE');

/** Unlike the others it is not made: a TMPDIR that is not there is a mistake. */
export async function requireTemporaryFolder(folder = tmpdir()): Promise<void> {
  const wayOut = 'name another one in TMPDIR';
  try {
    await writeProbe(folder);
  } catch (cause) {
    throw cannotWrite(folder, 'the temporary folder', wayOut, cause);
  }
  if (Buffer.byteLength(folder) > MAX_TEMPORARY_BYTES) {
    throw new OodError(
      'unavailable',
      `${folder}: the temporary folder's name is too long for a socket in it (${MAX_TEMPORARY_BYTES} bytes at most); ${wayOut}`,
    );
  }
}

/** A socket's path has 107 bytes at most, on some systems 103. */
const MAX_TEMPORARY_BYTES = 103 - '/oodgrid-XXXXXX/coordinator.sock'.length;

async function writeProbe(folder: string): Promise<void> {
  const probe = join(folder, `.oodgrid-${randomUUID()}`);
  try {
    await writeFile(probe, 'x', { flag: 'wx' });
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}

function cannotWrite(folder: string, whatFor: string, wayOut: string, cause: unknown): OodError {
  const { code, message } = OodError.from(cause);
  const isFull = code === 'resource-exhausted';
  return new OodError(
    isFull ? code : 'unavailable',
    `${folder}: ${whatFor} cannot be written: ${message}; ${isFull ? 'make room, or ' : ''}${wayOut}`,
    { cause },
  );
}
