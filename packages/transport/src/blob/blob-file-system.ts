import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, stat, statfs, unlink } from 'node:fs/promises';
import { OodError } from '@oodgrid/contract';

/** Changes whenever a file is written: while it stays the same, so do the bytes, unless the disk itself fails. */
export type FileMark = string;

/** The file-system calls of the store, so that a test can put a full disk in their place. */
export interface BlobFileSystem {
  /** Writes a new file and returns when its bytes are on the disk. */
  writeDurable(path: string, bytes: Uint8Array): Promise<void>;
  /** The same from pieces as they come. */
  writePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes that may still be written there, and how many the whole disk has. */
  room(path: string): Promise<{ readonly freeBytes: number; readonly diskBytes: number }>;
  rename(from: string, to: string): Promise<void>;
  /** Returns when the entries of the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Makes the folder and its parents; no error if it exists. */
  makeFolder(path: string): Promise<void>;
  read(path: string): Promise<Uint8Array>;
  /** SHA-256 of a file's bytes in hex, read piece by piece. */
  hash(path: string): Promise<string>;
  /** Undefined when there is no such file. */
  mark(path: string): Promise<FileMark | undefined>;
  remove(path: string): Promise<void>;
}

export const nodeBlobFileSystem: BlobFileSystem = {
  writeDurable: (path, bytes) => writeNew(path, [bytes]),
  writePieces: writeNew,
  async room(path) {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, diskBytes: blocks * bsize };
  },
  rename,
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  read: (path) => readFile(path),
  async hash(path) {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path, { highWaterMark: 1024 ** 2 })) hash.update(piece);
    return hash.digest('hex');
  },
  async mark(path) {
    try {
      const { size, mtimeMs, ctimeMs, ino } = await stat(path);
      return `${size}/${mtimeMs}/${ctimeMs}/${ino}`;
    } catch (thrown) {
      const error = OodError.from(thrown);
      if (error.code === 'not-found') return undefined;
      throw error;
    }
  },
  remove: unlink,
};

async function writeNew(
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}
