import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderBlobStore, nodeBlobFileSystem } from '../src/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-blobs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
const bytes = new TextEncoder().encode('some scores');

describe('the folder of blobs', () => {
  it('keeps one file for many puts at once, and nothing temporary', async () => {
    const store = new FolderBlobStore(folder);
    await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)));
    expect(files()).toHaveLength(1);
  });

  it('finds a blob that was damaged or cut', async () => {
    const store = new FolderBlobStore(folder);
    const digest = await store.put(bytes);
    const [name = ''] = files();
    writeFileSync(join(folder, name), 'some scorez');
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'corrupt-data' });
    truncateSync(join(folder, name), 3);
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('leaves nothing behind when the disk is full', async () => {
    const full = {
      ...nodeBlobFileSystem,
      writeDurable: async (path: string) => {
        writeFileSync(path, 'half');
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
    await expect(new FolderBlobStore(folder, full).put(bytes)).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    expect(files()).toEqual([]);
  });

  it('takes a damaged blob for a missing one, and the next put heals it', async () => {
    const store = new FolderBlobStore(folder);
    const digest = await store.put(bytes);
    writeFileSync(store.path(digest), 'some scorez');
    expect(await store.has(digest)).toBe(false);
    expect(files()).toEqual([expect.stringMatching(/\.damaged$/)]);
    await store.put(bytes);
    expect(new Uint8Array(await store.get(digest))).toEqual(bytes);
    expect(files()).toHaveLength(1);
  });

  it('reads a blob once, and again when its file has changed or somebody complains', async () => {
    let reads = 0;
    const counting = {
      ...nodeBlobFileSystem,
      hash: (path: string) => {
        reads++;
        return nodeBlobFileSystem.hash(path);
      },
    };
    const digest = await new FolderBlobStore(folder).put(bytes);
    const store = new FolderBlobStore(folder, counting);
    for (let i = 0; i < 5; i++) expect(await store.has(digest)).toBe(true);
    expect(reads).toBe(1);
    // The disk's own fault leaves size and times as they are.
    const { atime, mtime } = statSync(store.path(digest));
    writeFileSync(store.path(digest), bytes);
    utimesSync(store.path(digest), atime, mtime);
    expect(await store.has(digest)).toBe(true);
    expect(reads).toBe(2);
    expect(await store.verify(digest)).toBe(true);
    expect(reads).toBe(3);
  });
});

describe('a blob that is uploaded in pieces', () => {
  async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text);
  }

  it('leaves nothing behind when it breaks off', async () => {
    const store = new FolderBlobStore(folder);
    await expect(store.putPieces(sha256('others'), pieces('some ', 'scores'))).rejects.toThrow();
    expect(files()).toEqual([]);
  });

  it('is refused, and leaves nothing behind, before it takes the last room of a disk', async () => {
    let freeBytes = 2 * 1024 ** 3;
    const disk = { ...nodeBlobFileSystem, room: async () => ({ freeBytes, diskBytes: 1024 ** 4 }) };
    const store = new FolderBlobStore(folder, disk);
    const digest = sha256(Buffer.alloc(40 * 1024 ** 2));
    const large = async function* (full: boolean) {
      for (let i = 0; i < 40; i++) {
        if (full && i === 20) freeBytes = 1024 ** 2;
        yield Buffer.alloc(1024 ** 2);
      }
    };
    await expect(store.putPieces(digest, large(true))).rejects.toMatchObject({
      code: 'resource-exhausted',
      message: expect.stringContaining('are kept for the journal'),
    });
    expect(files()).toEqual([]);
    freeBytes = 2 * 1024 ** 3;
    await store.putPieces(digest, large(false));
    expect(files()).toHaveLength(1);
  });
});
