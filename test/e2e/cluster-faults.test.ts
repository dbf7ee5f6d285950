import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Results } from '@oodgrid/contract';
import { ClusterClient } from 'ood-cli';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BadLink } from '../support/bad-link.js';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());
const env = { OODGRID_CACHE: cache.cacheDir };
let file: string;
let reference: Results;
let cluster: TestCluster;
let runs = 0;

/** Slices of the protocol's batch: as many tasks as there can be. */
const GRID_ARGS = ['--set', 'options.slice=512', '--no-cache', '--json'];

beforeAll(async () => {
  file = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
  const local = await oodCli(['submit', file, ...GRID_ARGS, '--output', join(cache.folder, 'local')], env);
  reference = JSON.parse(local.stdout);
}, 300_000);

afterEach(async () => {
  await cluster.close();
});

async function start(options: Partial<Parameters<typeof TestCluster.start>[0]> = {}): Promise<void> {
  const folder = join(cache.folder, `cluster-${++runs}`);
  mkdirSync(folder);
  cluster = await TestCluster.start({
    folder,
    cacheDir: cache.cacheDir,
    workers: 2,
    leaseSeconds: 2,
    ...options,
  });
}

/** Submits the grid, from a client that comes back until the coordinator is there; gives its results. */
async function submit(): Promise<Results> {
  for (;;) {
    const { coordinatorAddress } = cluster;
    const args = ['--coordinator', coordinatorAddress, '--key', `run-${runs}`];
    const output = join(cache.folder, `out-${runs}-${Date.now()}`);
    const { code, stdout, stderr } = await oodCli(
      ['submit', file, ...GRID_ARGS, ...args, '--output', output],
      env,
    );
    if (code === 0) return JSON.parse(stdout);
    if (!/did not answer/.test(stderr)) throw new Error(stderr);
    await sleep(300);
  }
}

/** Resolves when tasks are being computed. */
async function running(): Promise<void> {
  const client = new ClusterClient(cluster.coordinatorAddress);
  try {
    await vi.waitFor(
      async () => {
        const [run] = await client.runs();
        const count = run?.tasks.find(({ state }) => state === 'running')?.count ?? 0;
        expect(count).toBeGreaterThan(0);
      },
      { timeout: 60_000, interval: 100 },
    );
  } finally {
    client.close();
  }
}

/** Does one thing after the other while the run goes on. */
async function disturb(
  whileRunning: Promise<unknown>,
  disturbances: readonly (() => Promise<void> | void)[],
) {
  let isOver = false;
  void whileRunning.finally(() => {
    isOver = true;
  });
  let done = 0;
  for (const disturbance of disturbances) {
    if (isOver) break;
    await disturbance();
    done++;
    await sleep(200 + 1500 * Math.random());
  }
  return done;
}

const anyWorker = () => cluster.workers[Math.floor(Math.random() * cluster.workers.length)];

/** Stopped for longer than its lease: it goes on as a zombie. */
async function freeze(): Promise<void> {
  const worker = anyWorker();
  worker?.kill('SIGSTOP');
  await sleep(4000);
  worker?.kill('SIGCONT');
}

/** The coordinator's disk is full for two seconds. */
async function fillDisk(): Promise<void> {
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(cluster.coordinator.pid), `--fsize=${bytes}`]);
  const before = cluster.coordinator.text.length;
  // Files that are larger already cannot grow: a write fails in the middle, as on a full disk.
  limit('4096:unlimited');
  const text = () => cluster.coordinator.text.slice(before);
  await expect.poll(text, { timeout: 20_000 }).toMatch(/free some space/);
  await sleep(2000);
  limit('unlimited:unlimited');
}

describe('a cluster of real processes gives the bits of the local run', () => {
  it('when nothing goes wrong', async () => {
    await start();
    expect((await submit()).digest).toBe(reference.digest);
  }, 300_000);

  it('when processes are killed and stopped at random moments, more than twenty times', async () => {
    await start();
    const kinds: Readonly<Record<string, () => Promise<void> | void>> = {
      'kill a worker': () => anyWorker()?.kill('SIGKILL'),
      'kill all workers': () => {
        for (const worker of cluster.workers) worker.kill('SIGKILL');
      },
      'kill the coordinator': () => cluster.coordinator.kill('SIGKILL'),
      'kill nats-server': () => cluster.nats?.kill('SIGKILL'),
      'kill nats-server and wipe its store': () => cluster.wipeNats(),
      'stop a worker beyond its lease': freeze,
    };
    const submitted = submit();
    await running();
    // The first of each kind in turn, then by chance.
    const names = Object.keys(kinds);
    const order = Array.from(
      { length: 24 },
      (_, i) => names[i < 6 ? i : Math.floor(Math.random() * 6)] ?? '',
    );
    const disturbances = order.map((name) => () => kinds[name]?.());
    const done = await disturb(submitted, disturbances);
    const results = await submitted;
    expect(results.digest, `after ${order.slice(0, done).join(', ')}`).toBe(reference.digest);
    expect(done).toBeGreaterThanOrEqual(20);
    expect(cluster.coordinator.starts + (cluster.nats?.starts ?? 0)).toBeGreaterThanOrEqual(5);
  }, 600_000);

  it('when the link between workers and coordinator is cut and stalls', async () => {
    let link: BadLink | undefined;
    await start({
      workerAddress: async (port) => {
        const opened = await BadLink.open(port);
        link = opened.link;
        return `127.0.0.1:${opened.port}`;
      },
      // Many places: hints travel in bundles.
      workerArgs: ['--tasks-per-executor', '32'],
    });
    const submitted = submit();
    await running();
    const stall = async () => {
      link?.stall();
      await sleep(4000);
      link?.flow();
    };
    const cut = () => link?.cut();
    const done = await disturb(submitted, [cut, stall, cut, cut, stall, cut]);
    const results = await submitted;
    link?.close();
    expect(results.digest).toBe(reference.digest);
    expect(done).toBeGreaterThanOrEqual(3);
  }, 300_000);

  it('when the disk of the store is full for a while', async () => {
    await start();
    const submitted = submit();
    await running();
    await fillDisk();
    const results = await submitted;
    expect(results.digest).toBe(reference.digest);
    expect(cluster.coordinator.starts, cluster.coordinator.text).toBe(1);
    expect(cluster.coordinator.text).toMatch(/the store is back/);
  }, 300_000);
});

describe('a cluster without a queue gives the bits of the local run', () => {
  it('when workers and the coordinator are killed and stopped, and the disk of the store is full for a while', async () => {
    await start({ isQueueless: true });
    const killWorker = () => anyWorker()?.kill('SIGKILL');
    const killCoordinator = () => cluster.coordinator.kill('SIGKILL');
    const disturbances = [killWorker, fillDisk, freeze, killCoordinator, killWorker, freeze, killCoordinator];
    const submitted = submit();
    await running();
    const done = await disturb(submitted, disturbances);
    expect((await submitted).digest).toBe(reference.digest);
    expect(done).toBeGreaterThanOrEqual(4);
    expect(cluster.coordinator.starts).toBeGreaterThanOrEqual(2);
  }, 600_000);
});
