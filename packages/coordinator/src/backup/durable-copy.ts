import { constants } from 'node:fs';
import { copyFile, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, OodError } from '@oodgrid/contract';
import { type FolderBlobStore, nodeBlobFileSystem } from '@oodgrid/transport';

const { hash, makeFolder, syncFolder } = nodeBlobFileSystem;

/** Returns when the bytes of a file are on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a durable file of the same folder in its place, durably. */
export async function moveDurable(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Copies a file whole or not at all. Throws `corrupt-data` when its bytes have another SHA-256. */
export async function copyDurable(from: string, to: string, sha256: string): Promise<void> {
  const temporary = join(dirname(to), `.copy-${process.pid}-${sha256.slice(0, 16)}`);
  try {
    await makeFolder(dirname(to));
    // Where the file system can it shares the blocks.
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    const actual = await hash(temporary);
    if (actual !== sha256)
      throw new OodError('corrupt-data', `${from} is damaged: its bytes have digest ${actual}`);
    await syncFile(temporary);
    await moveDurable(temporary, to);
  } catch (thrown) {
    await unlink(temporary).catch(() => undefined);
    throw thrown;
  }
}

/** Counts of blobs copied from one store to another, and those that could not be. */
export interface BlobsCopied {
  readonly copied: number;
  readonly bytes: number;
  /** Blobs that are damaged, or were removed meanwhile. */
  readonly lost: readonly Digest[];
}

/** Copies what is not there yet. */
export async function copyBlobs(from: FolderBlobStore, to: FolderBlobStore): Promise<BlobsCopied> {
  let copied = 0;
  let bytes = 0;
  const lost: Digest[] = [];
  for await (const blob of from.list()) {
    if (to.isThere(blob.digest)) continue;
    try {
      await copyDurable(from.path(blob.digest), to.path(blob.digest), blob.digest);
      copied++;
      bytes += blob.bytes;
    } catch (thrown) {
      const { code } = OodError.from(thrown);
      if (code !== 'corrupt-data' && code !== 'not-found') throw thrown;
      lost.push(blob.digest);
    }
  }
  return { copied, bytes, lost };
}
