import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestSchema, OodError, sha256 } from '@oodgrid/protocol';
import type { BlobStore } from '../ports.js';

/** The file-system calls of the store, so that a test can put a full disk in their place. */
export interface BlobFileSystem {
  /** Writes a new file and returns when its bytes are on the disk. */
  writeDurable(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Returns when the entries of the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Makes the folder and its parents; no error if it exists. */
  makeFolder(path: string): Promise<void>;
  read(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
  remove(path: string): Promise<void>;
}

export const nodeBlobFileSystem: BlobFileSystem = {
  async writeDurable(path, bytes) {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
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
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  remove: unlink,
};

/**
 * Blobs as files `<dir>/ab/<digest>`, where `ab` is the start of the digest. A blob appears whole or not at
 * all, whoever else writes the same blob at the same time and whenever the machine stops.
 */
export class FolderBlobStore implements BlobStore {
  readonly #dir: string;
  readonly #fs: BlobFileSystem;

  constructor(dir: string, fs: BlobFileSystem = nodeBlobFileSystem) {
    this.#dir = dir;
    this.#fs = fs;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha256(bytes);
    const path = this.path(digest);
    if (await this.#fs.exists(path)) return digest;
    const folder = dirname(path);
    const temporary = join(folder, `.${digest}.${process.pid}.${randomUUID()}`);
    try {
      await this.#fs.makeFolder(folder);
      await this.#fs.writeDurable(temporary, bytes);
      await this.#fs.rename(temporary, path);
      await this.#fs.syncFolder(folder);
      // The entry of `ab` itself is new for the first blob in it.
      await this.#fs.syncFolder(this.#dir);
    } catch (error) {
      await this.#fs.remove(temporary).catch(() => undefined);
      throw this.#writeError(path, bytes.byteLength, error);
    }
    return digest;
  }

  async get(digest: Digest): Promise<Uint8Array> {
    const path = this.path(digest);
    const bytes = await this.#fs.read(path).catch((error: unknown) => {
      const cause = OodError.from(error);
      const hint = cause.code === 'not-found' ? 'there is no such blob' : cause.message;
      throw new OodError(cause.code, `cannot read blob ${path}: ${hint}`, { cause: error });
    });
    const actual = sha256(bytes);
    if (actual !== digest) {
      throw new OodError(
        'corrupt-data',
        `blob ${path} is corrupt: its bytes have digest ${actual}; delete the file and run again`,
      );
    }
    return bytes;
  }

  async has(digest: Digest): Promise<boolean> {
    return this.#fs.exists(this.path(digest));
  }

  /** Every blob that is there, with the time of its writing. */
  async *list(): AsyncGenerator<{
    readonly digest: Digest;
    readonly bytes: number;
    readonly modifiedMs: number;
  }> {
    for (const folder of await readdir(this.#dir).catch(() => [])) {
      for (const name of await readdir(join(this.#dir, folder)).catch(() => [])) {
        const digest = digestSchema.safeParse(name);
        if (!digest.success) continue;
        const { size, mtimeMs } = await stat(this.path(digest.data));
        yield { digest: digest.data, bytes: size, modifiedMs: mtimeMs };
      }
    }
  }

  async remove(digest: Digest): Promise<void> {
    await this.#fs.remove(this.path(digest));
  }

  /** Where the blob is or would be. */
  path(digest: Digest): string {
    return join(this.#dir, digest.slice(0, 2), digest);
  }

  #writeError(path: string, size: number, error: unknown): OodError {
    const cause = OodError.from(error);
    const advice =
      cause.code === 'resource-exhausted' ? '; free some space or use a folder on another disk' : '';
    return new OodError(cause.code, `cannot write blob ${path} (${size} bytes): ${cause.message}${advice}`, {
      cause: error,
    });
  }
}
