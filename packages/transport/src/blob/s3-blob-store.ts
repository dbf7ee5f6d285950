import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestSchema, OodError, sha256 } from '@oodgrid/contract';
import type { CentralBlobStore, KeptBlob } from '../ports.js';
import type { S3Bucket } from '../s3/s3-bucket.js';
import { FolderBlobStore } from './folder-blob-store.js';

/** Blobs above this are never in memory as a whole. */
const LARGE_BYTES = 64 * 1024 ** 2;

/**
 * Blobs as objects `<prefix>ab/<digest>` of a bucket. The server checks the SHA-256 of what it takes, and an object appears whole or not
 * at all. One with other bytes than its name says is removed when it is found.
 */
export class S3BlobStore implements CentralBlobStore {
  readonly #bucket: S3Bucket;
  readonly #spool: string;
  /** Sizes of the blobs that are there, as far as this process knows. What somebody else removes is noticed when it is read. */
  readonly #known = new Map<Digest, number>();

  private constructor(bucket: S3Bucket, spool: string) {
    this.#bucket = bucket;
    this.#spool = spool;
  }

  /**
   * Finds out what is there. `spool`: folder for uploads on their way, whose size is not known before they have come; what
   * lies in it is removed. Throws when the bucket cannot be used.
   */
  static async open(bucket: S3Bucket, spool: string): Promise<S3BlobStore> {
    await rm(spool, { recursive: true, force: true });
    const store = new S3BlobStore(bucket, spool);
    for await (const { digest, bytes } of store.list()) store.#known.set(digest, bytes);
    return store;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha256(bytes);
    if (await this.has(digest)) return digest;
    await this.#bucket.putIfAbsent(keyOf(digest), bytes);
    this.#known.set(digest, bytes.byteLength);
    return digest;
  }

  async putPieces(digest: Digest, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const folder = join(this.#spool, randomUUID());
    const spooled = new FolderBlobStore(folder);
    try {
      await spooled.putPieces(digest, pieces);
      if (!(await this.has(digest))) await this.#putFile(spooled.path(digest), digest);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async adopt(file: string, digest: Digest): Promise<void> {
    if (!(await this.has(digest))) await this.#putFile(file, digest);
    await rm(file, { force: true });
  }

  async get(digest: Digest): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#checked(digest)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *pieces(digest: Digest): AsyncGenerator<Uint8Array> {
    if ((this.#known.get(digest) ?? 0) <= LARGE_BYTES) yield await this.get(digest);
    else yield* this.#checked(digest);
  }

  /** By the SHA-256 that the server keeps of an object, where it keeps one. */
  async has(digest: Digest): Promise<boolean> {
    const found = await this.#bucket.head(keyOf(digest));
    if (found === undefined) this.#known.delete(digest);
    else if (found.sha256 !== null && found.sha256 !== digest) await this.remove(digest);
    else this.#known.set(digest, found.bytes);
    return this.#known.has(digest);
  }

  async verify(digest: Digest): Promise<boolean> {
    try {
      for await (const _ of this.#checked(digest));
      return true;
    } catch (thrown) {
      const { code } = OodError.from(thrown);
      if (code === 'corrupt-data') await this.remove(digest);
      if (code === 'corrupt-data' || code === 'not-found') return false;
      throw thrown;
    }
  }

  isThere(digest: Digest): boolean {
    return this.#known.has(digest);
  }

  async *list(): AsyncGenerator<KeptBlob> {
    for await (const { key, ...object } of this.#bucket.list()) {
      const digest = digestSchema.safeParse(key.slice(3));
      if (digest.success && keyOf(digest.data) === key) yield { digest: digest.data, ...object };
    }
  }

  async remove(digest: Digest): Promise<void> {
    await this.#bucket.remove(keyOf(digest));
    this.#known.delete(digest);
  }

  async #putFile(file: string, digest: Digest): Promise<void> {
    await this.#bucket.putFileIfAbsent(keyOf(digest), file, digest);
    await this.has(digest);
  }

  async *#checked(digest: Digest): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    const where = `blob ${this.#bucket.where}/${keyOf(digest)}`;
    let bytes = 0;
    try {
      for await (const piece of this.#bucket.read(keyOf(digest))) {
        hash.update(piece);
        bytes += piece.byteLength;
        yield piece;
      }
    } catch (thrown) {
      if (OodError.from(thrown).code !== 'not-found') throw thrown;
      this.#known.delete(digest);
      throw new OodError('not-found', `cannot read ${where}: there is no such blob`, { cause: thrown });
    }
    const actual = hash.digest('hex');
    if (actual !== digest)
      throw new OodError(
        'corrupt-data',
        `${where} is damaged: its bytes have digest ${actual}; run again: it is written anew`,
      );
    this.#known.set(digest, bytes);
  }
}

const keyOf = (digest: Digest): string => `${digest.slice(0, 2)}/${digest}`;
