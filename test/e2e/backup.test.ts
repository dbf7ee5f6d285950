import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { FolderBlobStore } from '@oodgrid/transport';
import { describe, expect, it } from 'vitest';
import { type SyntheticSite, syntheticSites } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let site: SyntheticSite;
const open = syntheticSites(cache, (opened) => {
  site = opened;
});

const inSite = (name: string) => join(site.folder, name);
const backUp = (folder: string) => site.command('backup', folder, '--store', site.storeDir, '--json');
const restore = (folder: string) => site.command('restore', folder, '--store', site.storeDir, '--json');

describe('a back-up of a running coordinator', () => {
  it('is of one moment: after the loss of the store a run goes on from it, and workers that computed meanwhile do no harm', async () => {
    await open().serve();
    site.worker('a');
    site.worker('b');
    await site.connected(2);
    await site.submit('reference', { scores: 300, milliseconds: 5 });
    const reference = await site.end('reference');
    await site.submit('run', { scores: 300, milliseconds: 20 });
    await expect.poll(() => site.tasks('run', 'done'), { timeout: 30_000 }).toBeGreaterThan(20);
    // An older one, and the newer that takes its place.
    expect((await backUp(inSite('backup'))).code).toBe(0);
    await expect.poll(() => site.tasks('run', 'done'), { timeout: 30_000 }).toBeGreaterThan(60);
    const { code, stdout } = await backUp(inSite('backup'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ lost: [] });
    expect(readdirSync(inSite('backup')).filter((name) => name.endsWith('.db'))).toHaveLength(1);
    // Later than the back-up: this run is lost, and what was done of the other is computed again.
    await site.submit('later', { scores: 1 });
    await expect.poll(() => site.tasks('run', 'done'), { timeout: 30_000 }).toBeGreaterThan(100);
    await site.coordinator?.kill();
    rmSync(site.storeDir, { recursive: true });
    expect((await restore(inSite('backup'))).code).toBe(0);
    await site.serve();
    expect((await site.client.runs()).map(({ run }) => run).sort()).toEqual(['reference', 'run']);
    expect(await site.tasks('run', 'done')).toBeGreaterThan(60);
    const run = await site.end('run');
    expect(run.status).toBe('done');
    expect((await site.client.show('reference')).summary?.result).toBe(reference.result);
    expect(run.result).not.toBe('');
  }, 120_000);

  it('has every blob once, and takes what is new alone', async () => {
    await open().serve();
    const blobs = new FolderBlobStore(join(site.storeDir, 'blobs'));
    const [kept, gone] = [await blobs.put(Buffer.from('kept')), await blobs.put(Buffer.from('gone'))];
    expect(JSON.parse((await backUp(inSite('backup'))).stdout)).toMatchObject({ blobs: 2, blobBytes: 8 });
    await blobs.remove(gone);
    const added = await blobs.put(Buffer.from('added'));
    expect(JSON.parse((await backUp(inSite('backup'))).stdout)).toMatchObject({ blobs: 1, blobBytes: 5 });
    const copies = new FolderBlobStore(join(inSite('backup'), 'blobs'));
    const there = [];
    for await (const { digest } of copies.list()) there.push(digest);
    expect(there.sort()).toEqual([kept, added].sort());
  }, 60_000);

  it('leaves a damaged blob out and names it', async () => {
    await open().serve();
    const blobs = new FolderBlobStore(join(site.storeDir, 'blobs'));
    const digest = await blobs.put(Buffer.from('whole'));
    writeFileSync(blobs.path(digest), 'other');
    const { code, stdout, stderr } = await backUp(inSite('backup'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).lost).toEqual([digest]);
    expect(stderr).toMatch(new RegExp(`1 blobs are damaged there .*${digest}`));
  }, 60_000);
});

describe('a restoration is refused', () => {
  it('over a store, from what is no back-up, and from a damaged one; nothing is changed then', async () => {
    await open().serve();
    expect((await backUp(inSite('backup'))).code).toBe(0);
    const running = await restore(inSite('backup'));
    expect(running).toMatchObject({ code: EXIT_CODES.unavailable });
    await site.coordinator?.kill();
    const over = await restore(inSite('backup'));
    expect(over).toMatchObject({
      code: EXIT_CODES.conflict,
      stderr: expect.stringMatching(/a store is there already/),
    });
    renameSync(site.storeDir, inSite('former'));
    mkdirSync(inSite('nothing'));
    const nothing = await restore(inSite('nothing'));
    expect(nothing).toMatchObject({
      code: EXIT_CODES['not-found'],
      stderr: expect.stringMatching(/no back-up/),
    });
    cpSync(inSite('backup'), inSite('damaged'), { recursive: true });
    const [database = ''] = readdirSync(inSite('damaged')).filter((name) => name.endsWith('.db'));
    writeFileSync(join(inSite('damaged'), database), 'x', { flag: 'r+' });
    const damaged = await restore(inSite('damaged'));
    expect(damaged).toMatchObject({
      code: EXIT_CODES['corrupt-data'],
      stderr: expect.stringMatching(/is damaged/),
    });
    expect(existsSync(join(site.storeDir, 'store.db'))).toBe(false);
    expect((await restore(inSite('backup'))).code).toBe(0);
  }, 60_000);

  it('and so is a back-up of no store, or into the store itself', async () => {
    await open().serve();
    const inside = await backUp(join(site.storeDir, 'backup'));
    expect(inside).toMatchObject({ code: EXIT_CODES['invalid-input'] });
    const none = await site.command('backup', inSite('b'), '--store', inSite('none'));
    expect(none).toMatchObject({
      code: EXIT_CODES['not-found'],
      stderr: expect.stringMatching(/no coordinator's store/),
    });
  }, 60_000);
});
