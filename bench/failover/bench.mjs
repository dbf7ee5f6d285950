import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectWorker, WIRE_VERSION } from '@oodgrid/transport';
import getPort from 'get-port';
import { ClusterClient } from 'ood-cli';
import { until } from '../until.mjs';

// Seconds from the kill of a coordinator, which is started again at once as a supervisor does, to the first lease that it gives, for
// journals of several lengths; and what workers did meanwhile.
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000,100000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const CLI = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));
const { signal } = new AbortController();
const nothing = () => undefined;
const spec = (scores, milliseconds) => {
  const shape = { fits: 0, sweeps: 0, scores, rows: 1, milliseconds, fault: 'none' };
  return { kind: 'synthetic', seed: 1, ...shape };
};

/** A cluster without a queue whose store holds a run of so many tasks that are done, and one that goes on for long. */
async function measure(tasks, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'oodgrid-failover-'));
  const address = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const client = new ClusterClient(address);
  const children = new Set();
  const cli = (args) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
    children.add(child);
    child.once('close', () => children.delete(child));
    return child;
  };
  const store = join(folder, 'store');
  const serve = () => cli(['serve', '--synthetic', '--nats', 'none', '--listen', address, '--store', store]);
  try {
    let coordinator = serve();
    await until('the start', async () => (await client.runs()) !== undefined);
    for (const id of ['w0', 'w1']) {
      const held = ['--tasks-per-executor', '256'];
      cli(['worker', '--coordinator', address, '--id', id, '--engine', 'none', ...held]);
    }
    const options = { idempotencyKey: '', priority: 0, numericsClass: '', isCacheUsed: false };
    await client.submit({ run: 'before', name: 'before', ...options, spec: spec(tasks, 0) });
    await client.watch('before', signal, nothing, nothing, nothing);
    await client.submit({ run: 'going', name: 'going', ...options, spec: spec(100_000, 100) });
    const [{ numericsClass }] = await client.workers();
    const outages = [];
    for (let round = 0; round < rounds; round++) {
      await until('work', async () => (await done(client)) > 0);
      const before = await done(client);
      const closed = new Promise((resolve) => coordinator.once('close', resolve));
      coordinator.kill('SIGKILL');
      const killed = performance.now();
      await closed;
      coordinator = serve();
      await leased(address, `probe-${round}`, numericsClass);
      const seconds = (performance.now() - killed) / 1000;
      // Workers say what they did meanwhile as soon as they are back.
      await until('results', async () => (await done(client)) > before);
      outages.push(seconds);
    }
    return outages;
  } finally {
    client.close();
    for (const child of [...children]) {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      await closed;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

async function done(client) {
  const { summary } = await client.show('going');
  return summary?.tasks.find(({ state }) => state === 'done')?.count ?? 0;
}

/** Resolves when a worker that asks for a task, again and again, has got one. */
async function leased(address, workerId, numericsClass) {
  const engine = { kind: 'none', version: '1', device: 'cpu' };
  const about = { incarnation: 'i', host: 'here', pid: 1, slots: 1, memoryBytes: 1e12 };
  const worker = { workerId, numericsClass, engine, ...about };
  const said = { protocol: WIRE_VERSION, proof: workerId, held: [], nextSequence: 1, worker };
  for (let isLeased = false; !isLeased; ) {
    isLeased = await new Promise((resolve) => {
      const link = connectWorker(address, said, {
        receive: ({ kind }) => {
          if (kind === 'registered') link.send({ kind: 'lease-request', requestId: 1, hint: null });
          if (kind !== 'granted') return;
          link.close();
          resolve(true);
        },
        closed: () => setTimeout(() => resolve(false), 10),
      });
    });
  }
}

const results = [];
for (const tasks of values.tasks.split(',').map(Number)) {
  const seconds = (await measure(tasks, Number(values.rounds))).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)];
  results.push({ tasks, median, seconds });
  if (!values.json) {
    const all = seconds.map((one) => one.toFixed(2)).join(', ');
    process.stdout.write(`${tasks} tasks done before: leasing again after ${median.toFixed(2)} s (${all})\n`);
  }
}
process.stdout.write(`${JSON.stringify({ results })}\n`);
