import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import getPort from 'get-port';
import { ClusterClient, cliContext, findNatsServer, startNatsServer } from 'ood-cli';
import { until } from '../until.mjs';

const CLI = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));
const WORKERS = 4;
/** Tasks that a worker holds: of 256, 512 and 1024 the fastest here. */
const HELD = 1024;

const spec = (seed, scores) => ({
  kind: 'synthetic',
  seed,
  fits: 0,
  sweeps: 0,
  scores,
  rows: 1,
  milliseconds: 0,
  fault: 'none',
});

/** No-op tasks through a real NATS server, or none, a real coordinator with its durable store, and four real workers. */
export async function dispatchOurs(tasks, { isQueueless = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-bench-'));
  const children = [];
  const cli = (args) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const client = new ClusterClient(`127.0.0.1:${await getPort({ host: '127.0.0.1' })}`);
  try {
    const natsPort = await getPort({ host: '127.0.0.1' });
    const nats = isQueueless ? 'none' : `127.0.0.1:${natsPort}`;
    if (!isQueueless) {
      children.push(startNatsServer(findNatsServer(cliContext([]).cacheDir), join(folder, 'nats'), natsPort));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const serve = cli([
      'serve',
      '--synthetic',
      '--listen',
      client.address,
      '--nats',
      nats,
      '--store',
      join(folder, 'store'),
    ]);
    const where = ['--coordinator', client.address, '--nats', nats];
    for (let i = 0; i < WORKERS; i++) {
      cli(['worker', ...where, '--id', `w${i}`, '--engine', 'none', '--tasks-per-executor', String(HELD)]);
    }
    const connected = async () =>
      (await client.workers()).filter(({ status }) => status === 'connected').length;
    await until('the start', async () => (await connected()) === WORKERS);
    const { signal } = new AbortController();
    const nothing = () => undefined;
    const one = async (seed, scores) => {
      const start = performance.now();
      const options = {
        name: 'noop',
        idempotencyKey: '',
        priority: 0,
        numericsClass: '',
        isCacheUsed: false,
      };
      const run = `noop-${seed}`;
      await client.submit({ run, ...options, spec: spec(seed, scores) });
      const { status, result } = await client.watch(run, signal, nothing, nothing, nothing);
      if (status !== 'done' || result === '') throw new Error(`the run is ${status}`);
      return (performance.now() - start) / 1000;
    };
    await one(1, 1000);
    const seconds = await one(2, tasks);
    const memory = rssOf(serve.pid);
    return {
      peer: isQueueless ? 'ood-grid without NATS' : 'ood-grid',
      durable: true,
      tasks,
      workers: WORKERS,
      seconds,
      tasksPerSecond: tasks / seconds,
      coordinatorRssMiB: memory,
    };
  } finally {
    client.close();
    for (const child of children.reverse()) {
      const closed = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await closed;
      }
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function rssOf(pid) {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isQueueless = process.argv[3] === 'none';
  const outcome = await dispatchOurs(Number(process.argv[2] ?? 100_000), { isQueueless });
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
