import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SyntheticSpec } from '@oodgrid/contract';
import { runIdSchema } from '@oodgrid/contract';
import { ControlAction } from '@oodgrid/contract/wire';
import { type JournalRecord, SqliteStore } from '@oodgrid/coordinator';
import { ClusterClient } from 'ood-cli';
import { expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const { signal } = new AbortController();
const nothing = () => undefined;
const SPEC: SyntheticSpec = {
  kind: 'synthetic',
  seed: 1,
  fits: 1,
  sweeps: 2,
  scores: 100,
  rows: 10,
  milliseconds: 20,
  fault: 'none',
};

it('after an upgrade that plans otherwise, a run that was begun fails and says what to do; another goes on to its end', async () => {
  const folder = join(cache.folder, 'cluster');
  mkdirSync(folder);
  const cluster = await TestCluster.start({
    folder,
    cacheDir: cache.cacheDir,
    workers: 1,
    leaseSeconds: 2,
    workerArgs: ['--engine', 'none'],
  });
  const client = new ClusterClient(cluster.coordinatorAddress);
  const submit = async (name: string) => {
    const run = runIdSchema.parse(name);
    const more = {
      name,
      idempotencyKey: `key of ${name}`,
      priority: 0,
      numericsClass: '',
      isCacheUsed: true,
    };
    await client.submit({ run, ...more, spec: SPEC });
  };
  const doneOf = async (run: string) =>
    (await client.show(run)).summary?.tasks.find(({ state }) => state === 'done')?.count ?? 0;
  try {
    await vi.waitFor(async () => expect(await client.workers()).toHaveLength(1), 30_000);
    await submit('begun');
    await submit('other');
    await expect.poll(() => doneOf('begun'), { timeout: 20_000 }).toBeGreaterThan(3);
    for (const run of ['begun', 'other']) await client.control(run, ControlAction.CONTROL_ACTION_PAUSE);
    await expect.poll(async () => (await client.workers())[0]?.leases).toBe(0);

    // As if another version had written it.
    const store = new SqliteStore({ path: join(cluster.storeDir, 'store.db'), isExclusive: false });
    const ofOtherPlan = (record: JournalRecord): JournalRecord =>
      record.kind === 'pinned' && record.run === 'begun' ? { ...record, plan: 'other' } : record;
    store.compact([...store.records()].map(ofOtherPlan));
    store.close();
    cluster.coordinator.kill('SIGKILL');

    const summary = await client.watch('begun', signal, nothing, nothing, nothing);
    expect(summary).toMatchObject({ status: 'failed', problemCode: 'conflict' });
    const shown = await oodCli(['show', 'begun', '--coordinator', cluster.coordinatorAddress]);
    expect(shown.stdout).toMatch(
      /begun by another version of the coordinator.*submit the grid again: scores/,
    );
    expect(cluster.coordinator.text).toMatch(/run begun is failed: .*submit the grid again/);
    await client.control('other', ControlAction.CONTROL_ACTION_RESUME);
    await client.submit({
      run: runIdSchema.parse('again'),
      name: 'begun',
      idempotencyKey: 'key of begun',
      priority: 0,
      numericsClass: '',
      isCacheUsed: true,
      spec: SPEC,
    });
    for (const run of ['other', 'again']) {
      expect((await client.watch(run, signal, nothing, nothing, nothing)).status).toBe('done');
    }
    expect(cluster.coordinator.starts).toBe(2);
  } finally {
    client.close();
    await cluster.close();
  }
}, 120_000);
