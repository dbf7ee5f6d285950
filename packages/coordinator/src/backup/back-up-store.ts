import { existsSync } from 'node:fs';
import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, OodError } from '@oodgrid/contract';
import { FolderBlobStore, nodeBlobFileSystem } from '@oodgrid/transport';
import Database from 'libsql';
import { storeError } from '../store/sqlite-error.js';
import { encodeManifest, manifestPath } from './backup-manifest.js';
import { copyTokens } from './copy-tokens.js';
import { copyBlobs, moveDurable, syncFile } from './durable-copy.js';

export interface BackedUp {
  /** Time at which the database was copied. */
  readonly at: string;
  readonly databaseBytes: number;
  /** Blobs that were copied now; the others were in the back-up already. */
  readonly blobs: number;
  readonly blobBytes: number;
  /** Blobs of the store that are damaged. */
  readonly lost: readonly Digest[];
}

/**
 * Copies a coordinator's store into a folder while the coordinator goes on: its database as of one moment, and every blob that this
 * refers to. A folder that holds a back-up becomes a newer one; until that is whole the former counts.
 */
export async function backUpStore(storeDir: string, folder: string, now: () => Date): Promise<BackedUp> {
  const path = join(storeDir, 'store.db');
  if (!existsSync(path)) {
    throw new OodError(
      'not-found',
      `${storeDir}: no coordinator's store is there (no store.db); name it by --store`,
    );
  }
  if (`${resolve(folder)}/`.startsWith(`${resolve(storeDir)}/`)) {
    throw new OodError('invalid-input', `${folder} lies in the store itself: name a folder of another disk`);
  }
  const [source, target] = [
    new FolderBlobStore(join(storeDir, 'blobs')),
    new FolderBlobStore(join(folder, 'blobs')),
  ];
  await nodeBlobFileSystem.makeFolder(folder);
  // Before the database, because what is collected meanwhile goes; and after it, because what it refers to may be new.
  const first = await copyBlobs(source, target);
  const at = now().toISOString();
  const copy = join(folder, `.store-${process.pid}.db`);
  try {
    const store = copyDatabase(path, copy);
    const sha256 = await nodeBlobFileSystem.hash(copy);
    await syncFile(copy);
    const second = await copyBlobs(source, target);
    const database = `store-${sha256.slice(0, 16)}.db`;
    await moveDurable(copy, join(folder, database));
    await copyTokens(storeDir, folder);
    const manifest = join(folder, `.backup-${process.pid}.json`);
    await writeFile(manifest, encodeManifest({ at, store, database, sha256 }));
    await syncFile(manifest);
    await moveDurable(manifest, manifestPath(folder));
    await prune(folder, database, source, target);
    const { size } = await stat(join(folder, database));
    return {
      at,
      databaseBytes: size,
      blobs: first.copied + second.copied,
      blobBytes: first.bytes + second.bytes,
      lost: [...new Set([...first.lost, ...second.lost])],
    };
  } catch (thrown) {
    await unlink(copy).catch(() => undefined);
    throw thrown;
  }
}

/** The database as of one moment, whoever writes to it meanwhile; returns the id of its store. */
function copyDatabase(from: string, to: string): string {
  let db: Database.Database | undefined;
  try {
    db = new Database(from);
    db.pragma('busy_timeout = 30000');
    db.exec(`vacuum into '${to.replaceAll("'", "''")}'`);
    const { id } = db.prepare('select id from identity').get() as { id: string };
    checkDatabase(to);
    return id;
  } catch (thrown) {
    throw storeError(from, thrown, 'could not be copied');
  } finally {
    db?.close();
  }
}

/** Throws `corrupt-data` where SQLite finds anything wrong. */
function checkDatabase(path: string): void {
  const db = new Database(path);
  try {
    const [row] = db.pragma('integrity_check') as { integrity_check: string }[];
    if (row?.integrity_check !== 'ok')
      throw new OodError('corrupt-data', `${path}: ${row?.integrity_check ?? ''}`);
  } finally {
    db.close();
  }
}

/** Removes what only the former back-up in the folder needed. */
async function prune(
  folder: string,
  database: string,
  source: FolderBlobStore,
  target: FolderBlobStore,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^store-.*\.db$/.test(name) && name !== database) await unlink(join(folder, name));
  }
  for await (const { digest } of target.list()) if (!source.isThere(digest)) await target.remove(digest);
}
