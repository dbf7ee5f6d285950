import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@oodgrid/protocol';
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
  it('gives back what was put, by its digest', async () => {
    const store = new FolderBlobStore(folder);
    const digest = await store.put(bytes);
    expect(digest).toBe(sha256(bytes));
    expect(new Uint8Array(await store.get(digest))).toEqual(bytes);
    expect(await store.has(digest)).toBe(true);
    expect(await store.has(sha256('other'))).toBe(false);
  });

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

  it('says what is not there', async () => {
    await expect(new FolderBlobStore(folder).get(sha256('nothing'))).rejects.toMatchObject({
      code: 'not-found',
    });
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
});
