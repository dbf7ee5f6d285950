import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, type SyntheticTask, sha256 } from '@oodgrid/contract';
import { type BlobStore, FolderBlobStore } from '@oodgrid/transport';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CachedBlobs } from '../src/cached-blobs.js';
import { SharedBlobs } from '../src/shared-blobs.js';

const BYTES = Buffer.from('the weights');
const DIGEST = sha256(BYTES);

let parent: string;
let dir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'oodgrid-shared-'));
  dir = join(parent, 'node');
});
afterEach(() => rmSync(parent, { recursive: true }));

/** A coordinator's store that counts how often it is asked. */
class Remote implements BlobStore {
  gets = 0;

  async get(): Promise<Uint8Array> {
    this.gets++;
    return BYTES;
  }

  async put(): Promise<Digest> {
    return DIGEST;
  }

  async has(): Promise<boolean> {
    return true;
  }
}

const reading: SyntheticTask = {
  kind: 'synthetic',
  of: 'score',
  key: sha256('key'),
  seed: 1,
  reads: [DIGEST],
  rows: 1,
  milliseconds: 0,
  fault: 'none',
};
const remote = () => new Remote();

async function worker(pid: number, store: BlobStore) {
  const shared = await SharedBlobs.open(dir, pid);
  const local = new FolderBlobStore(shared.own);
  const blobs = new CachedBlobs({ local, remote: store, shared, maxBytes: 1e9 });
  return { shared, local, blobs };
}

/** Number of a process that is no more. */
const deadPid = () => spawnSync('true').pid;

it('a blob is fetched once for all workers of the machine, and lies on its disk once', async () => {
  const store = remote();
  const [a, b] = [await worker(process.pid, store), await worker(process.ppid, store)];
  await a.blobs.fetch(reading);
  await b.blobs.fetch(reading);
  expect(store.gets).toBe(1);
  expect(statSync(a.local.path(DIGEST)).ino).toBe(statSync(b.local.path(DIGEST)).ino);
});

it('who leaves takes nothing from others, and the last one leaves nothing', async () => {
  const store = remote();
  const [a, b] = [await worker(process.pid, store), await worker(process.ppid, store)];
  await a.blobs.fetch(reading);
  await b.blobs.fetch(reading);
  await a.shared.close();
  expect(Buffer.from(await b.local.get(DIGEST))).toEqual(BYTES);
  await b.shared.close();
  expect(existsSync(dir)).toBe(false);
});

it('what a killed worker left is removed by the next one, whose number it may have had', async () => {
  const pid = deadPid();
  for (const owner of [pid, process.pid]) {
    mkdirSync(join(dir, `worker-${owner}`, 'ab'), { recursive: true });
    writeFileSync(join(dir, `worker-${owner}`, 'ab', 'left'), 'x');
  }
  const { shared } = await worker(process.pid, remote());
  expect(readdirSync(dir).sort()).toEqual(['shared', `worker-${process.pid}`]);
  expect(readdirSync(shared.own)).toEqual([]);
});

it('a damaged blob is taken from nobody, and fetched anew', async () => {
  const store = remote();
  const [a, b] = [await worker(process.pid, store), await worker(process.ppid, store)];
  await a.blobs.fetch(reading);
  writeFileSync(a.local.path(DIGEST), 'other bytes');
  await b.blobs.fetch(reading);
  expect(store.gets).toBe(2);
  expect(Buffer.from(await b.local.get(DIGEST))).toEqual(BYTES);
});

it('the folder is its owner’s alone', async () => {
  await worker(process.pid, remote());
  expect(statSync(dir).mode & 0o077).toBe(0);
});
