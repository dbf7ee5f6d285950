import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, OodError } from '@oodgrid/contract';
import { FolderBlobStore, nodeBlobFileSystem } from '@oodgrid/transport';
import { releaseLock, takeLock } from '../store/sqlite-lock.js';
import { readManifest } from './backup-manifest.js';
import { copyTokens } from './copy-tokens.js';
import { copyBlobs, copyDurable } from './durable-copy.js';

export interface Restored {
  /** The moment that the store is of now. */
  readonly at: string;
  readonly blobs: number;
  readonly blobBytes: number;
  /** Blobs of the back-up that are damaged: what needs them says so, and they are uploaded or computed again. */
  readonly lost: readonly Digest[];
}

/**
 * Puts a back-up in place as a coordinator's store. Throws `conflict` where there is a store already, `corrupt-data` when the back-up's
 * database is damaged. What is interrupted can be done again: the database comes last.
 */
export async function restoreStore(folder: string, storeDir: string): Promise<Restored> {
  const { at, database, sha256 } = await readManifest(folder);
  const path = join(storeDir, 'store.db');
  await nodeBlobFileSystem.makeFolder(storeDir);
  const lock = takeLock(`${path}.lock`);
  try {
    if (existsSync(path)) {
      throw new OodError(
        'conflict',
        `${storeDir}: a store is there already: move it away, or name another folder by --store`,
      );
    }
    const blobs = await copyBlobs(
      new FolderBlobStore(join(folder, 'blobs')),
      new FolderBlobStore(join(storeDir, 'blobs')),
    );
    await copyTokens(folder, storeDir, true);
    await copyDurable(join(folder, database), path, sha256);
    return { at, blobs: blobs.copied, blobBytes: blobs.bytes, lost: blobs.lost };
  } finally {
    releaseLock(lock);
  }
}
