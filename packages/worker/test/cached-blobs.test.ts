import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, OodError, type SyntheticTask, sha256 } from '@oodgrid/contract';
import { type BlobFileSystem, type BlobStore, FolderBlobStore, nodeBlobFileSystem } from '@oodgrid/transport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CachedBlobs } from '../src/cached-blobs.js';

const bytesOf = (text: string) => new TextEncoder().encode(text.repeat(10));
const digestOf = (text: string) => sha256(bytesOf(text));
const reading = (...texts: string[]): SyntheticTask => ({
  kind: 'synthetic',
  of: 'score',
  key: sha256('key'),
  seed: 1,
  reads: texts.map(digestOf),
  rows: 1,
  milliseconds: 0,
  fault: 'none',
});

/** The coordinator's store, as a worker sees it. */
class Remote implements BlobStore {
  readonly blobs = new Map<Digest, Uint8Array>(
    ['a', 'b', 'c', 'd'].map((text) => [digestOf(text), bytesOf(text)]),
  );
  readonly gets: Digest[] = [];
  problem: OodError | undefined;

  async get(digest: Digest): Promise<Uint8Array> {
    this.gets.push(digest);
    await new Promise(setImmediate);
    if (this.problem !== undefined) throw this.problem;
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new OodError('not-found', 'there is no such blob');
    return bytes;
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return digest;
  }

  async has(digest: Digest): Promise<boolean> {
    return this.blobs.has(digest);
  }
}

let folder: string;
let remote: Remote;
/** Bytes that the disk has room for. */
let roomBytes: number;
let local: FolderBlobStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-cached-'));
  remote = new Remote();
  roomBytes = Number.POSITIVE_INFINITY;
  const sizes = new Map<string, number>();
  const disk: BlobFileSystem = {
    ...nodeBlobFileSystem,
    async writeDurable(path, bytes) {
      if (bytes.byteLength > roomBytes) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      roomBytes -= bytes.byteLength;
      await nodeBlobFileSystem.writeDurable(path, bytes);
    },
    async rename(from, to) {
      await nodeBlobFileSystem.rename(from, to);
      sizes.set(to, bytesOf('a').byteLength);
    },
    async remove(path) {
      await nodeBlobFileSystem.remove(path);
      roomBytes += sizes.get(path) ?? 0;
      sizes.delete(path);
    },
  };
  local = new FolderBlobStore(folder, disk);
});
afterEach(() => rmSync(folder, { recursive: true }));

const cached = (maxBytes = 1e9) => new CachedBlobs({ local, remote, maxBytes });
const isHere = (text: string) => existsSync(local.path(digestOf(text)));

describe('what tasks read', () => {
  it('is fetched once, however many tasks ask for it at a time, and lies in the folder then', async () => {
    const blobs = cached();
    await Promise.all([['a'], ['a'], ['b', 'a']].map((texts) => blobs.fetch(reading(...texts))));
    expect(remote.gets.toSorted()).toEqual([digestOf('a'), digestOf('b')].toSorted());
    expect([isHere('a'), isHere('b')]).toEqual([true, true]);
    await cached().fetch(reading('a'));
    expect(remote.gets).toHaveLength(2);
  });

  it('is fetched again where the file of a former process is damaged', async () => {
    await cached().fetch(reading('a'));
    writeFileSync(local.path(digestOf('a')), 'damaged');
    await cached().fetch(reading('a'));
    expect(remote.gets).toHaveLength(2);
    expect(await local.get(digestOf('a'))).toEqual(Buffer.from(bytesOf('a')));
  });

  it('is healed under a running process when it is complained of, which else trusts what it has checked', async () => {
    const blobs = cached();
    await blobs.fetch(reading('a'));
    writeFileSync(local.path(digestOf('a')), 'damaged');
    await blobs.fetch(reading('a'));
    expect(remote.gets).toHaveLength(1);
    await blobs.heal(digestOf('a'));
    expect(await local.get(digestOf('a'))).toEqual(Buffer.from(bytesOf('a')));
  });

  it.each([
    ['is not there', 'not-found', 'store'],
    ['has other bytes', 'corrupt-data', 'store'],
    ['cannot be reached', 'unavailable', 'worker'],
  ] as const)('that %s is told as whose failure it is', async (_what, code, origin) => {
    remote.problem = new OodError(code, 'why');
    await expect(cached().fetch(reading('a'))).rejects.toMatchObject({ origin, code, blob: digestOf('a') });
  });

  it('is asked for again after it could not be had', async () => {
    const blobs = cached();
    remote.problem = new OodError('unavailable', 'why');
    await expect(blobs.fetch(reading('a'))).rejects.toThrow('why');
    remote.problem = undefined;
    await blobs.fetch(reading('a'));
    expect(isHere('a')).toBe(true);
  });
});

describe('a folder of bounded size', () => {
  const size = bytesOf('a').byteLength;

  it('loses what was used longest ago, and never what a task holds', async () => {
    const blobs = cached(2 * size);
    (await blobs.fetch(reading('a')))();
    (await blobs.fetch(reading('b')))();
    (await blobs.fetch(reading('a')))();
    await blobs.fetch(reading('c'));
    expect([isHere('a'), isHere('b'), isHere('c')]).toEqual([true, false, true]);
    // Held: a stays although it is the oldest, and more lies there than should.
    const release = await blobs.fetch(reading('a'));
    await blobs.fetch(reading('b'));
    expect([isHere('a'), isHere('b'), isHere('c')]).toEqual([true, true, true]);
    release();
    await blobs.fetch(reading('d'));
    expect([isHere('a'), isHere('b'), isHere('c')]).toEqual([false, true, true]);
  });

  it('on a disk that is full makes room of what nobody needs', async () => {
    const blobs = cached();
    (await blobs.fetch(reading('a')))();
    roomBytes = 0;
    await blobs.fetch(reading('b'));
    expect([isHere('a'), isHere('b')]).toEqual([false, true]);
  });

  it("on a disk that is full of what is needed is the worker's own failure, and its tasks let go of what they had", async () => {
    const blobs = cached();
    const release = await blobs.fetch(reading('a'));
    roomBytes = 0;
    await expect(blobs.fetch(reading('a', 'b'))).rejects.toMatchObject({
      origin: 'worker',
      code: 'resource-exhausted',
    });
    release();
    // Nobody holds it any more: the failed task does not.
    await blobs.fetch(reading('b'));
    expect([isHere('a'), isHere('b')]).toEqual([false, true]);
  });
});

it('a fitted state goes to the coordinator from the folder', async () => {
  const digest = await local.put(bytesOf('state'));
  await cached().publish(digest);
  expect(remote.blobs.get(digest)).toEqual(Buffer.from(bytesOf('state')));
});
