import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, sha256 } from '@oodgrid/contract';
import { type CentralBlobStore, FolderBlobStore, S3BlobStore } from '@oodgrid/transport';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Server } from '../support/s3-server.js';
import { testCache } from '../support/temporary-cache.js';

const { folder } = testCache();
let server: S3Server;
let count = 0;
beforeAll(async () => {
  server = await S3Server.start(folder);
});
afterAll(() => server?.down());

/** Opens a store; opened again it is as another process finds it. */
interface Place {
  open(): Promise<CentralBlobStore>;
  /** Puts other bytes in place of a blob's. */
  damage(digest: Digest): Promise<void>;
}

const PLACES: Readonly<Record<string, () => Place>> = {
  'a folder': () => {
    const own = join(folder, `blobs-${++count}`);
    return {
      open: async () => new FolderBlobStore(own),
      damage: async (digest) => writeFileSync(new FolderBlobStore(own).path(digest), 'other bytes'),
    };
  },
  'a bucket of S3': () => {
    const prefix = `contract-${++count}`;
    return {
      open: () => S3BlobStore.open(server.bucket(prefix), join(folder, `spool-${count}`)),
      damage: (digest) =>
        server.bucket(prefix).put(`${digest.slice(0, 2)}/${digest}`, Buffer.from('other bytes')),
    };
  },
};

const bytes = new TextEncoder().encode('some scores');
async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
async function all(found: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts = [];
  for await (const piece of found) parts.push(piece);
  return Buffer.concat(parts);
}
async function listed(store: CentralBlobStore): Promise<string[]> {
  const digests = [];
  for await (const { digest } of store.list()) digests.push(digest);
  return digests.sort();
}

describe.each(Object.entries(PLACES))('blobs in %s', (_, makePlace) => {
  let place: Place;
  let store: CentralBlobStore;
  beforeEach(async () => {
    place = makePlace();
    store = await place.open();
  });

  it('are given back as they were put, by their digest', async () => {
    const digest = await store.put(bytes);
    expect(digest).toBe(sha256(bytes));
    expect(new Uint8Array(await store.get(digest))).toEqual(bytes);
    expect(new Uint8Array(await all(store.pieces(digest)))).toEqual(bytes);
    expect(await store.has(digest)).toBe(true);
    expect(store.isThere(digest)).toBe(true);
    expect(await store.has(sha256('other'))).toBe(false);
    expect(store.isThere(sha256('other'))).toBe(false);
  });

  it('may be empty', async () => {
    const digest = await store.put(new Uint8Array());
    expect(await store.get(digest)).toHaveLength(0);
    expect(await store.verify(digest)).toBe(true);
  });

  it('are there once, however many put them at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)));
    expect(await listed(store)).toEqual([sha256(bytes)]);
  });

  it('that are not there are said to be so', async () => {
    await expect(store.get(sha256('nothing'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(all(store.pieces(sha256('nothing')))).rejects.toMatchObject({ code: 'not-found' });
    expect(await store.verify(sha256('nothing'))).toBe(false);
  });

  it('that are damaged are found, count as missing then, and are healed by the next put', async () => {
    const digest = await store.put(bytes);
    await place.damage(digest);
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'corrupt-data' });
    expect(await store.verify(digest)).toBe(false);
    expect(await store.has(digest)).toBe(false);
    expect(store.isThere(digest)).toBe(false);
    await store.put(bytes);
    expect(new Uint8Array(await store.get(digest))).toEqual(bytes);
  });

  it('that were damaged before this process are healed by a put, and by an upload in pieces', async () => {
    const digest = await store.put(bytes);
    for (const heal of [
      (again: CentralBlobStore) => again.put(bytes),
      (again: CentralBlobStore) => again.putPieces(digest, pieces('some ', 'scores')),
    ]) {
      await place.damage(digest);
      const again = await place.open();
      await heal(again);
      expect(new Uint8Array(await again.get(digest))).toEqual(bytes);
    }
  });

  it('that come in pieces appear whole, or not at all', async () => {
    await store.putPieces(sha256('some scores'), pieces('some ', 'scores'));
    expect(Buffer.from(await store.get(sha256('some scores'))).toString()).toBe('some scores');
    await expect(store.putPieces(sha256('others'), pieces('some ', 'scores'))).rejects.toMatchObject({
      code: 'corrupt-data',
    });
    const broken = (async function* () {
      yield Buffer.from('some ');
      throw new Error('the caller left');
    })();
    await expect(store.putPieces(sha256('more'), broken)).rejects.toThrow('the caller left');
    expect(await listed(store)).toEqual([sha256('some scores')]);
  });

  it('that come slowly keep nobody from the same blob', async () => {
    let proceed: () => void = () => undefined;
    const slow = (async function* () {
      yield Buffer.from('some ');
      await new Promise<void>((resolve) => {
        proceed = resolve;
      });
      yield Buffer.from('scores');
    })();
    const uploading = store.putPieces(sha256('some scores'), slow);
    await store.put(bytes);
    expect(await store.has(sha256('some scores'))).toBe(true);
    proceed();
    await uploading;
    expect(await listed(store)).toHaveLength(1);
  });

  it('larger than what is kept in memory come back whole', async () => {
    const part = Buffer.alloc(1024 ** 2, 'a grid of scores ');
    const large = async function* () {
      for (let i = 0; i < 70; i++) yield part;
    };
    const digest = sha256(await all(large()));
    await store.putPieces(digest, large());
    const again = await place.open();
    const back = await all(again.pieces(digest));
    expect(back.byteLength).toBe(70 * part.byteLength);
    expect(sha256(back)).toBe(digest);
  });

  it('are taken in from files, which are gone then', async () => {
    // Beside a folder of blobs: on its disk.
    const file = join(folder, `merged-${++count}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, bytes);
    await store.adopt(file, sha256(bytes));
    expect(new Uint8Array(await store.get(sha256(bytes)))).toEqual(bytes);
    await expect(store.adopt(file, sha256('gone'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are listed with their sizes and times, also by another process, and removed', async () => {
    const digests = await Promise.all(
      Array.from({ length: 30 }, (_, i) => store.put(Buffer.from(`blob ${i}`))),
    );
    const again = await place.open();
    expect(await listed(again)).toEqual([...digests].sort());
    for await (const { bytes: size, modifiedMs } of again.list()) {
      expect(size).toBeGreaterThan(5);
      expect(Math.abs(modifiedMs - Date.now())).toBeLessThan(120_000);
    }
    const [first = sha256('none')] = digests;
    await again.remove(first);
    expect(again.isThere(first)).toBe(false);
    expect(await again.has(first)).toBe(false);
    expect(await listed(again)).toHaveLength(29);
  });
});
