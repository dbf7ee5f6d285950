import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SyntheticSpec } from '@oodgrid/contract';
import { ControlAction } from '@oodgrid/contract/wire';
import { METRICS, NODE_METRICS } from '@oodgrid/metrics';
import { ALERTS, DASHBOARDS, rulesFile } from '@oodgrid/metrics/files';
import { connectWorker, RemoteBlobStore } from '@oodgrid/transport';
import { execa } from 'execa';
import getPort from 'get-port';
import { ClusterClient } from 'ood-cli';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { linesWithIds } from '../support/log-lines.js';
import { promtool, TestPrometheus } from '../support/prometheus.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { submitSynthetic } from '../support/synthetic.js';
import { temporaryCache } from '../support/temporary-cache.js';
import { heldUntilPreviewed } from './held-until-previewed.js';

/** Minutes of the rules are seconds here. */
const SCALE = 60;
/** Alerts about the machine of the test, its disk and cores, not about the cluster. */
const OF_MACHINE = ['OodGridDiskFillsSoon', 'OodGridEventLoopBlocked', 'OodGridJournalSlow'];

const cache = temporaryCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const start = new Date();
/** From then on Prometheus knew all programs. */
let knownSince: Date;
let cluster: TestCluster;
let prometheus: TestPrometheus;
let coordinatorMetrics: string;
/** Two workers that compute grids, and two that take synthetic runs. */
let workerMetrics: readonly string[];
let client: ClusterClient;

const nothing = () => undefined;
const waitFor = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 300 });

async function statusOf(address: string | undefined, path: string) {
  const response = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(2000) });
  return { status: response.status, text: await response.text() };
}
const ready = async (address: string | undefined) => (await statusOf(address, '/readyz')).status;

let submissions = 0;
const submit = (more: Partial<SyntheticSpec>) => {
  const spec = { seed: ++submissions, fits: 0, sweeps: 0, scores: 1, rows: 1, milliseconds: 0 };
  return submitSynthetic(client, { ...spec, ...more }, 'none');
};

const fires = (name: string) => waitFor(async () => expect(await prometheus.firing()).toContain(name));
const passes = (name: string) => waitFor(async () => expect(await prometheus.firing()).not.toContain(name));

const inTest = (expr: string): string =>
  expr
    .replaceAll(/\$(run|pool)\b/g, '.*')
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range_s', '30')
    .replaceAll('$__range', '30s');

beforeAll(async () => {
  const file = await writeSmallGrid(cache.folder, join(ROOT, 'models'));
  const folder = join(cache.folder, 'cluster');
  mkdirSync(folder);
  const port = async () => `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  coordinatorMetrics = await port();
  workerMetrics = [await port(), await port(), await port(), await port()];
  cluster = await TestCluster.start({
    folder,
    cacheDir: cache.cacheDir,
    workers: 4,
    leaseSeconds: 2,
    serveArgs: ['--metrics', coordinatorMetrics, '--log-format', 'json'],
    argsOfWorker: (worker) => [
      ...['--metrics', workerMetrics[worker] ?? '', '--log-format', 'json'],
      ...(worker < 2 ? [] : ['--engine', 'none', '--tasks-per-executor', '8']),
    ],
  });
  client = new ClusterClient(cluster.coordinatorAddress);
  for (const address of [coordinatorMetrics, ...workerMetrics]) {
    await waitFor(async () => expect(await ready(address)).toBe(200));
  }
  prometheus = await TestPrometheus.start(
    join(cache.folder, 'prometheus'),
    { 'ood-grid-coordinator': [coordinatorMetrics], 'ood-grid-worker': workerMetrics },
    rulesFile(SCALE),
  );
  await prometheus.ready();
  await waitFor(async () => expect(await prometheus.query('sum(up) == 5')).not.toEqual([]));
  await passes('OodGridCoordinatorDown');
  knownSince = new Date();
  const sets = ['--set', 'options.slice=512', '--set', 'methods.4.passes=60'];
  const grid = ['submit', file, ...sets, '--no-cache', '--output', join(folder, 'out')];
  const { numericsClass } = (await client.workers()).find(({ workerId }) => workerId === 'w0') ?? {};
  const where = ['--coordinator', cluster.coordinatorAddress, '--class', numericsClass ?? ''];
  const [{ code, stderr }] = await Promise.all([
    oodCli([...grid, ...where], env),
    heldUntilPreviewed(client, prometheus),
  ]);
  if (code !== 0) throw new Error(stderr);
}, 240_000);

afterAll(async () => {
  client.close();
  // To look at the panels: OODGRID_DRAW=docs/img npx vitest run test/metrics/cluster.test.ts
  const out = process.env.OODGRID_DRAW;
  const script = join(ROOT, 'scripts', 'draw-dashboards.mjs');
  const minutes = String((Date.now() - start.getTime()) / 60_000);
  const where = ['--prometheus', prometheus.url, '--minutes', minutes];
  try {
    if (out !== undefined) await execa(process.execPath, [script, ...where, '--out', resolve(ROOT, out)]);
  } finally {
    await prometheus.close();
    await cluster.close();
    cache.remove();
  }
});

it('in a run where all is well no alert fires', async () => {
  const fired = await prometheus.everSince('ALERTS{alertstate="firing"}', knownSince);
  const names = fired.map((one) => one.metric.alertname);
  expect(names.filter((name) => !OF_MACHINE.includes(name ?? ''))).toEqual([]);
});

it.each(DASHBOARDS.map((dashboard) => [dashboard.uid, dashboard] as const))(
  'every expression of %s has given data',
  async (_uid, { panels, variables }) => {
    const without: string[] = [];
    for (const { title, queries } of panels) {
      for (const { expr } of queries) {
        const data = await prometheus.everSince(inTest(expr), start);
        if (data.length === 0) without.push(`${title}: ${expr}`);
      }
    }
    expect(without).toEqual([]);
    for (const { name, metric } of variables) {
      expect(await prometheus.query(`count by (${name}) (max_over_time(${metric}[5m]))`)).not.toEqual([]);
    }
  },
  60_000,
);

it('every metric of the table is offered, Prometheus takes them as they are, and their series are few', async () => {
  const texts = await Promise.all(
    [coordinatorMetrics, ...workerMetrics].map(async (address) => (await statusOf(address, '/metrics')).text),
  );
  for (const text of texts) expect(await promtool(['check', 'metrics'], text)).toEqual({ code: 0, text: '' });
  for (const name of [...Object.keys(METRICS), ...Object.keys(NODE_METRICS)]) {
    expect(
      texts.some((text) => text.includes(`# HELP ${name} `)),
      name,
    ).toBe(true);
    expect(await prometheus.everSince(`{__name__=~"${name}(_count)?"}`, start), name).not.toEqual([]);
  }
  for (const text of texts)
    expect(text.split('\n').filter((line) => /^[a-z]/.test(line)).length).toBeLessThan(600);
});

it('a program is alive while executors compute, not while it hangs; a worker that is drained is not ready', async () => {
  await submit({ scores: 4, milliseconds: 3000 });
  await waitFor(async () =>
    expect(await prometheus.query('sum(oodgrid_executors{state="busy"}) > 0')).not.toEqual([]),
  );
  for (const address of workerMetrics) expect((await statusOf(address, '/healthz')).status).toBe(200);
  cluster.workers[0]?.kill('SIGSTOP');
  await expect(statusOf(workerMetrics[0], '/healthz')).rejects.toThrow(/timeout/);
  cluster.workers[0]?.kill('SIGCONT');
  await waitFor(async () => expect((await statusOf(workerMetrics[0], '/healthz')).status).toBe(200));
  await client.drain('w1');
  await waitFor(async () =>
    expect(await statusOf(workerMetrics[1], '/readyz')).toEqual({
      status: 503,
      text: 'it takes no more tasks\n',
    }),
  );
  expect((await statusOf(workerMetrics[1], '/healthz')).status).toBe(200);
}, 90_000);

it('executors that crash, and tasks that are given up for it', async () => {
  for (let i = 0; i < 8; i++) await submit({ fault: 'crash' });
  await Promise.all([fires('OodGridExecutorsDie'), fires('OodGridTasksGivenUp')]);
}, 120_000);

it('a stranger that is refused again and again', async () => {
  const worker = {
    workerId: 'x',
    incarnation: 'i',
    numericsClass: 'c',
    host: 'h',
    pid: 1,
    slots: 1,
    memoryBytes: 1,
  };
  const registration = {
    ...{ protocol: 1, proof: 'p', held: [], nextSequence: 1 },
    worker: { ...worker, engine: { kind: 'none', version: '1', device: 'cpu' } },
  };
  let isOver = false;
  const knock = async () => {
    while (!isOver) {
      await new Promise<void>((resolve) => {
        connectWorker(cluster.coordinatorAddress, registration, {
          receive: nothing,
          closed: () => resolve(),
        });
      });
    }
  };
  const knocking = knock();
  await fires('OodGridRefusals').finally(() => {
    isOver = true;
  });
  await knocking;
}, 90_000);

it('a worker whose disk is full', async () => {
  const blobs = new RemoteBlobStore(cluster.coordinatorAddress);
  const blob = await blobs.put(randomBytes(10_000));
  blobs.close();
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(cluster.workers[3]?.pid), `--fsize=${bytes}`]);
  limit('4096:unlimited');
  await submit({ scores: 40, milliseconds: 200, blobs: [blob] });
  await fires('OodGridWorkersSetAside');
  const { status, text } = await statusOf(workerMetrics[3], '/readyz');
  expect(status).toBe(503);
  expect(text).toMatch(/cannot be used/);
  limit('unlimited:unlimited');
  await waitFor(async () => expect(await ready(workerMetrics[3])).toBe(200));
  await passes('OodGridWorkersSetAside');
}, 120_000);

it('every worker of a class is killed while it computes', async () => {
  const run = await submit({ scores: 32, milliseconds: 60_000 });
  await waitFor(async () =>
    expect(await prometheus.query('sum(oodgrid_leases{pool="none"}) >= 9')).not.toEqual([]),
  );
  await Promise.all([cluster.workers[2]?.down(), cluster.workers[3]?.down()]);
  await Promise.all(
    ['OodGridLeasesExpire', 'OodGridPoolWithoutWorkers', 'OodGridRunHeldUp'].map((name) => fires(name)),
  );
  await client.control(run, ControlAction.CONTROL_ACTION_CANCEL);
  for (const worker of [2, 3]) cluster.workers[worker]?.up();
  await passes('OodGridPoolWithoutWorkers');
}, 120_000);

it('NATS goes, and everything is not ready; then the store, then the coordinator', async () => {
  await cluster.nats?.down();
  await fires('OodGridNatsGone');
  expect(await statusOf(coordinatorMetrics, '/readyz')).toEqual({ status: 503, text: 'NATS is gone\n' });
  expect(await ready(workerMetrics[0])).toBe(503);
  expect((await statusOf(coordinatorMetrics, '/healthz')).status).toBe(200);
  cluster.nats?.up();
  await waitFor(async () => expect(await ready(coordinatorMetrics)).toBe(200));

  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(cluster.coordinator.pid), `--fsize=${bytes}`]);
  limit('1:unlimited');
  // It is not taken, or the client would not wait for it.
  void submit({}).catch(nothing);
  await fires('OodGridStoreNotWritable');
  limit('unlimited:unlimited');
  await waitFor(async () => expect(await ready(coordinatorMetrics)).toBe(200));

  await cluster.coordinator.down();
  await fires('OodGridCoordinatorDown');
  cluster.coordinator.up();
  await passes('OodGridCoordinatorDown');
}, 180_000);

it('every line of the logs about a run, a task or a worker has its ids as fields', () => {
  const logs = [
    { text: cluster.coordinator.text, worker: undefined },
    ...cluster.workers.map(({ text }, i) => ({ text, worker: `w${i}` })),
  ];
  const lines = logs.flatMap(({ text, worker }) => linesWithIds(text, worker));
  expect(lines.filter(({ isWhole }) => !isWhole).map(({ line }) => line)).toEqual([]);
  expect(lines.length).toBeGreaterThan(10);
});

it('the alerts that nothing here can cause within a minute are those that promtool alone looks at', () => {
  const caused = [
    ...['OodGridExecutorsDie', 'OodGridTasksGivenUp', 'OodGridRefusals', 'OodGridWorkersSetAside'],
    ...['OodGridLeasesExpire', 'OodGridPoolWithoutWorkers', 'OodGridRunHeldUp', 'OodGridNatsGone'],
    ...['OodGridStoreNotWritable', 'OodGridCoordinatorDown'],
  ];
  const left = ALERTS.map(({ name }) => name).filter((name) => !caused.includes(name));
  expect(left.sort()).toEqual(
    [...OF_MACHINE, 'OodGridNoProgress', 'OodGridVersionSkew', 'OodGridWorkerRestarts'].sort(),
  );
});
