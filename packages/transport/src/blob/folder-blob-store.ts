import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, digestSchema, OodError, sha256 } from '@oodgrid/contract';
import type { CentralBlobStore, KeptBlob } from '../ports.js';
import { type BlobFileSystem, type FileMark, nodeBlobFileSystem } from './blob-file-system.js';

/** Blobs above this are never in memory as a whole. */
const LARGE_BYTES = 64 * 1024 ** 2;
/** Bytes of free disk space that uploads leave, so that the journal beside them can still be written. */
const RESERVE_BYTES = 1024 ** 3;
const RESERVE_SHARE = 0.05;
/** The room is looked at before the first piece and after so many bytes. */
const CHECK_ROOM_BYTES = 16 * 1024 ** 2;

/**
 * Blobs as files `<dir>/ab/<digest>`, where `ab` is the start of the digest. A blob appears whole or not at
 * all, whoever else writes the same blob at the same time and whenever the machine stops. A file with other bytes
 * than its name says is as good as none: it is set aside when it is found, and written anew by the next `put`.
 */
export class FolderBlobStore implements CentralBlobStore {
  readonly #dir: string;
  readonly #fs: BlobFileSystem;
  /** Marks of files whose bytes were found intact: they are read again only after a change, or on a complaint. */
  readonly #verified = new Map<Digest, FileMark>();
  /** Operations on one blob run one after the other. */
  readonly #busy = new Map<Digest, Promise<unknown>>();

  constructor(dir: string, fs: BlobFileSystem = nodeBlobFileSystem) {
    this.#dir = dir;
    this.#fs = fs;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha256(bytes);
    await this.#inTurn(digest, async () => {
      const path = this.path(digest);
      if (await this.#isWhole(digest)) return;
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
      this.#noteWhole(digest, await this.#fs.mark(path));
      await this.#fs.remove(damagedPath(path)).catch(() => undefined);
    });
    return digest;
  }

  /**
   * As `put`, from pieces as they come, so that a blob of any size takes little memory, and with some room left on the disk
   * for others. Throws `corrupt-data` when they have another digest.
   */
  async putPieces(digest: Digest, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.path(digest);
    const folder = dirname(path);
    const temporary = join(folder, `.${digest}.${process.pid}.${randomUUID()}`);
    const hash = createHash('sha256');
    const hashed = async function* (this: FolderBlobStore) {
      let unchecked = Number.POSITIVE_INFINITY;
      for await (const piece of pieces) {
        unchecked += piece.byteLength;
        if (unchecked > CHECK_ROOM_BYTES) {
          await this.#requireRoom(folder);
          unchecked = 0;
        }
        hash.update(piece);
        yield piece;
      }
    };
    try {
      await this.#fs.makeFolder(folder);
      // Not in turn: whoever sends slowly keeps nobody from the same blob.
      await this.#fs.writePieces(temporary, hashed.call(this)).catch((error: unknown) => {
        throw this.#writeError(path, 0, error);
      });
      const actual = hash.digest('hex');
      if (actual !== digest) {
        throw new OodError(
          'corrupt-data',
          `the uploaded bytes have digest ${actual}, announced was ${digest}`,
        );
      }
      await this.#inTurn(digest, async () => {
        if (await this.#isWhole(digest)) return;
        await this.adopt(temporary, digest);
        this.#noteWhole(digest, await this.#fs.mark(path));
        await this.#fs.remove(damagedPath(path)).catch(() => undefined);
      });
    } finally {
      await this.#fs.remove(temporary).catch(() => undefined);
    }
  }

  async get(digest: Digest): Promise<Uint8Array> {
    const path = this.path(digest);
    const mark = await this.#fs.mark(path).catch(() => undefined);
    const bytes = await this.#fs.read(path).catch((error: unknown) => {
      const cause = OodError.from(error);
      const hint = cause.code === 'not-found' ? 'there is no such blob' : cause.message;
      throw new OodError(cause.code, `cannot read blob ${path}: ${hint}`, { cause: error });
    });
    const actual = sha256(bytes);
    if (actual !== digest) {
      this.#verified.delete(digest);
      throw new OodError(
        'corrupt-data',
        `blob ${path} is damaged: its bytes have digest ${actual}; run again: it is written anew`,
      );
    }
    this.#noteWhole(digest, mark);
    return bytes;
  }

  /**
   * As `get`, in pieces, so that a blob of any size takes little memory. A large one is known to be whole only at its
   * end: `corrupt-data` may come after its last piece.
   */
  async *pieces(digest: Digest): AsyncGenerator<Uint8Array> {
    const path = this.path(digest);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size <= LARGE_BYTES) {
      yield await this.get(digest);
      return;
    }
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path, { highWaterMark: 1024 ** 2 })) {
      const bytes: Uint8Array = piece;
      hash.update(bytes);
      yield bytes;
    }
    if (hash.digest('hex') !== digest) {
      throw new OodError('corrupt-data', `blob ${path} is corrupt: delete the file and run again`);
    }
  }

  /** Takes a durable file of the same disk in as the blob that it is: nothing is copied or read. */
  async adopt(file: string, digest: Digest): Promise<void> {
    const path = this.path(digest);
    const folder = dirname(path);
    try {
      await this.#fs.makeFolder(folder);
      await this.#fs.rename(file, path);
      await this.#fs.syncFolder(folder);
      await this.#fs.syncFolder(this.#dir);
    } catch (error) {
      throw this.#writeError(path, 0, error);
    }
  }

  /** False for a blob whose file is damaged as well. A file is read only when it is new or has changed since the last time. */
  has(digest: Digest): Promise<boolean> {
    return this.#inTurn(digest, () => this.#isWhole(digest));
  }

  /** As `has`, and reads the file in any case: for whoever has reason to doubt it. */
  verify(digest: Digest): Promise<boolean> {
    return this.#inTurn(digest, () => {
      this.#verified.delete(digest);
      return this.#isWhole(digest);
    });
  }

  /** Whether there is such a file, at once and whatever is in it. */
  isThere(digest: Digest): boolean {
    return existsSync(this.path(digest));
  }

  /** Every blob that is there, with the time of its writing. */
  async *list(): AsyncGenerator<KeptBlob> {
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

  /** Returns the path of a blob, whether it exists or not. */
  path(digest: Digest): string {
    return join(this.#dir, digest.slice(0, 2), digest);
  }

  async #requireRoom(folder: string): Promise<void> {
    const { freeBytes, diskBytes } = await this.#fs.room(folder);
    const reserve = Math.min(RESERVE_BYTES, RESERVE_SHARE * diskBytes);
    if (freeBytes < reserve) {
      throw new OodError(
        'resource-exhausted',
        `the disk of the store is nearly full: its last ${Math.ceil(reserve / 1024 ** 2)} MiB are kept for the journal`,
      );
    }
  }

  async #isWhole(digest: Digest): Promise<boolean> {
    const path = this.path(digest);
    const mark = await this.#fs.mark(path);
    if (mark === undefined || mark === this.#verified.get(digest)) return mark !== undefined;
    const actual = await this.#fs.hash(path).catch((thrown: unknown) => OodError.from(thrown).message);
    if (actual === digest) {
      this.#noteWhole(digest, mark);
      return true;
    }
    this.#verified.delete(digest);
    // Another process may have written it anew meanwhile.
    if ((await this.#fs.mark(path)) !== mark) return this.#isWhole(digest);
    await this.#fs.rename(path, damagedPath(path));
    return false;
  }

  /** `mark`: what the file was like before its bytes were read. */
  #noteWhole(digest: Digest, mark: FileMark | undefined): void {
    if (mark !== undefined) this.#verified.set(digest, mark);
  }

  async #inTurn<T>(digest: Digest, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(digest) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#busy.set(digest, mine);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(digest) === mine) this.#busy.delete(digest);
    }
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

const damagedPath = (path: string): string => `${path}.damaged`;
