import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { ClusterClient } from 'ood-cli';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { writeSmallGrid } from '../support/small-grid.js';
import { type SyntheticSite, syntheticSites } from '../support/synthetic-site.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let collector: OtlpReceiver;
let site: SyntheticSite;
const open = syntheticSites(cache, (opened) => {
  site = opened;
});
const WAIT = { timeout: 20_000, interval: 100 };
const PLAN = 'submit > plan';
const LEASE = `${PLAN} > task > lease`;

beforeAll(async () => {
  collector = await OtlpReceiver.start();
});
afterAll(() => collector.close());
// What is started here has it.
afterEach(() => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  collector.spans.length = 0;
});

it('a run is one trace, over the command line, the coordinator and both workers, whose spans nest as its work does', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  const folder = join(cache.folder, 'traced');
  mkdirSync(folder);
  const file = await writeSmallGrid(folder, join(ROOT, 'models'));
  const cluster = await TestCluster.start({
    ...{ folder, cacheDir: cache.cacheDir, workers: 2, leaseSeconds: 10 },
    serveArgs: ['--log-format', 'json'],
  });
  const client = new ClusterClient(cluster.coordinatorAddress);
  const contexts = new Set<string>();
  try {
    await vi.waitFor(async () => expect(await client.workers()).toHaveLength(2), {
      ...WAIT,
      timeout: 60_000,
    });
    const nats = await connect({ servers: cluster.natsAddress });
    nats.subscribe('oodgrid.*.task.>', {
      callback: (_error, message) => {
        contexts.add(message.headers?.get('traceparent') ?? '');
      },
    });
    await nats.flush();
    const where = ['--coordinator', cluster.coordinatorAddress, '--output', join(folder, 'out')];
    const { code, stderr } = await oodCli(['submit', file, '--set', 'options.slice=512', ...where], {
      OODGRID_CACHE: cache.cacheDir,
    });
    expect(code, stderr).toBe(0);
    await nats.close();
    await vi.waitFor(() => expect(collector.paths()).toContain(`${PLAN} > merge`), WAIT);
    await vi.waitFor(
      () => expect(collector.paths().filter((path) => path.startsWith('?'))).toEqual([]),
      WAIT,
    );
  } finally {
    client.close();
    await cluster.close();
  }
  expect([...new Set(collector.paths())].sort()).toEqual(
    [
      ...['submit', PLAN, `${PLAN} > merge`, `${PLAN} > task`, LEASE],
      ...[`${LEASE} > batch`, `${LEASE} > batch > chunk`],
    ].sort(),
  );
  const traces = new Set(collector.spans.map(({ traceId }) => traceId));
  expect(traces.size).toBe(1);
  expect(new Set(collector.spans.map(({ service }) => service))).toEqual(
    new Set(['ood-grid-submit', 'ood-grid-coordinator', 'ood-grid-worker']),
  );
  const [trace = ''] = traces;
  expect(
    JSON.stringify(collector.spans, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
  ).toMatch(/"w0".*"w1"|"w1".*"w0"/);
  // The header of the queue's messages is that of the run, and the log names the trace.
  expect(contexts.size).toBe(1);
  expect([...contexts][0]).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  expect(cluster.coordinator.text).toMatch(new RegExp(`"trace":"${trace}".* is done"`));
}, 240_000);

it('without NATS it is one as well, and goes on in it when the coordinator comes back', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  await open().serve();
  site.worker('a');
  site.worker('b');
  await site.connected(2);
  await site.submit('run', { scores: 100 });
  await expect.poll(() => site.tasks('run', 'done'), WAIT).toBeGreaterThan(10);
  await site.coordinator?.kill('SIGTERM');
  await site.serve();
  expect((await site.end('run')).status).toBe('done');
  await vi.waitFor(() => expect(collector.paths()).toContain('plan > merge'), WAIT);
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(collector.paths()).toContain('plan > task > lease > batch');
}, 60_000);

it('nothing is sent where no endpoint is set, and one that is not there stops nothing', async () => {
  await open().serve();
  site.worker('a');
  await site.submit('quiet');
  expect((await site.end('quiet')).status).toBe('done');
  expect(collector.spans).toEqual([]);
  await site.close();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:1';
  await open().serve();
  const worker = site.worker('a');
  await site.submit('alone');
  expect((await site.end('alone')).status).toBe('done');
  await worker.kill('SIGTERM');
  expect(await worker.closed).toBe(0);
}, 60_000);
