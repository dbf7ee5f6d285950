import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import getPort from 'get-port';
import { ClusterClient, cliContext, fetchResults, findNatsServer, startNatsServer, writeRun } from 'ood-cli';
import { until } from '../until.mjs';
import { fillStore, gridOf } from './store.mjs';

const CLI = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '20' },
    pairs: { type: 'string', default: '100' },
    samples: { type: 'string', default: '10000' },
    replicates: { type: 'string', default: '100' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const size = {
  rows: Number(values.rows),
  pairs: Number(values.pairs),
  samples: Number(values.samples),
  replicates: Number(values.replicates),
};
const folder = mkdtempSync(join(values.folder, 'oodgrid-merge-bench-'));
const storeDir = join(folder, 'store');
const children = [];
const seconds = (since) => Number(((performance.now() - since) / 1000).toFixed(1));

function memoryMib(pid, what) {
  const [, kib] = new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

/** A coordinator, its queue and a worker that computes nothing. */
async function startCluster(client, nats) {
  children.push(startNatsServer(findNatsServer(cliContext([]).cacheDir), join(folder, 'nats'), nats.port));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const cli = (args) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    children.push(child);
    return child;
  };
  const where = ['--nats', nats.address];
  const serve = cli(['serve', '--listen', client.address, ...where, '--store', storeDir]);
  cli(['worker', '--coordinator', client.address, ...where, '--id', 'w', '--engine', 'none']);
  await until('the start', async () => (await client.workers()).some(({ status }) => status === 'connected'));
  return serve.pid;
}

const client = new ClusterClient(`127.0.0.1:${await getPort({ host: '127.0.0.1' })}`);
const port = await getPort({ host: '127.0.0.1' });
const nats = { port, address: `127.0.0.1:${port}` };
try {
  // The worker tells which class it is; then the store is filled while nobody has it.
  await startCluster(client, nats);
  const [{ numericsClass }] = await client.workers();
  for (const child of children.splice(0).reverse()) {
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await closed;
  }
  const spec = await gridOf(size, storeDir);
  let start = performance.now();
  const tasks = fillStore(spec, numericsClass, storeDir);
  process.stderr.write(`${tasks} tasks filled in ${seconds(start)} s\n`);
  const pid = await startCluster(client, nats);
  let lost = 0;
  const onEvent = ({ kind }) => {
    if (kind === 'worker-lost') lost++;
  };
  start = performance.now();
  const options = {
    name: 'merge',
    idempotencyKey: 'merge',
    priority: 0,
    numericsClass: '',
    isCacheUsed: true,
  };
  await client.submit({ run: 'merge', ...options, spec });
  const submitSeconds = seconds(start);
  const latencies = [];
  let mergeStart;
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const asked = performance.now();
      const { summary } = await client.show('merge');
      latencies.push(performance.now() - asked);
      if (summary.status === 'merging') mergeStart ??= asked;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { signal } = new AbortController();
  let shown = '';
  const onSummary = ({ status, mergedCells, cells }) => {
    const line = `${status} ${mergedCells}/${cells}`;
    if (line !== shown) process.stderr.write(`${seconds(start)} s ${line}\n`);
    shown = line;
  };
  const ended = await client.watch('merge', signal, onEvent, onSummary, () => lost++);
  const mergeSeconds = seconds(mergeStart ?? start);
  isOver = true;
  await asking;
  if (ended.status !== 'done') throw new Error(`the run is ${ended.status}: ${ended.problemMessage}`);
  const coordinatorPeakMib = memoryMib(pid, 'VmHWM');
  start = performance.now();
  const results = await writeRun(
    fetchResults(client, ended),
    join(folder, 'run'),
    ['csv', 'markdown', 'html'],
    '',
  );
  latencies.sort((a, b) => a - b);
  const at = (q) => Number((latencies[Math.floor(q * (latencies.length - 1))] ?? 0).toFixed(1));
  const report = {
    ...size,
    cells: results.cells.length,
    comparisons: results.comparisons.length,
    submitSeconds,
    mergeSeconds,
    shows: latencies.length,
    showP50Ms: at(0.5),
    showP99Ms: at(0.99),
    showMaxMs: at(1),
    connectionsLost: lost,
    coordinatorPeakMib,
    writeSeconds: seconds(start),
    clientPeakMib: memoryMib(process.pid, 'VmHWM'),
    digest: results.digest,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
} finally {
  client.close();
  for (const child of children.reverse()) {
    const closed = new Promise((resolve) => child.once('close', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await closed;
    }
  }
  rmSync(folder, { recursive: true, force: true });
}
