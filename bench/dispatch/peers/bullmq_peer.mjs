import { fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// No-op jobs on BullMQ: bullmq_peer.mjs TASKS FSYNC MODULES, where FSYNC is "always" (append-only file, synced
// at each write) or "default" (snapshots now and then, as Redis comes) and MODULES the folder of bullmq.
const [tasksText, fsync, modules] = process.argv.slice(2);
const tasks = Number(tasksText);
const load = createRequire(join(modules, 'x.js'));
const { Queue } = load('bullmq');
const manifest = load('bullmq/package.json');
const WORKERS = 4;
/** Jobs a worker has in hand: of 1, 16, 64, 256, 512 and 1024 the fastest here. */
const CONCURRENCY = 64;
const BULK = 1000;

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const free = server.address().port;
    server.close(() => resolve(free));
  });
});
const folder = mkdtempSync(join(tmpdir(), 'bullmq-'));
const always = ['--appendonly', 'yes', '--appendfsync', 'always'];
const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
const redis = spawn('redis-server', [...where, ...(fsync === 'always' ? always : [])], { stdio: 'ignore' });
await new Promise((resolve) => setTimeout(resolve, 1000));
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
let sum = 0;
let count = 0;
let onCount = () => undefined;
const program = fileURLToPath(new URL('./bullmq_worker.mjs', import.meta.url));
const children = Array.from({ length: WORKERS }, () => {
  const child = fork(program, [String(port), String(CONCURRENCY), modules], { stdio: 'inherit' });
  // The results as the submitter wants them: each worker hands on what its jobs returned.
  child.on('message', (part) => {
    sum += part.sum;
    count += part.count;
    onCount();
  });
  return child;
});
const queue = new Queue('noop', { connection, defaultJobOptions: { removeOnComplete: true } });
try {
  const run = async (total) => {
    sum = 0;
    count = 0;
    const start = performance.now();
    const all = new Promise((resolve) => {
      onCount = () => {
        if (count >= total) resolve();
      };
    });
    for (let from = 0; from < total; from += BULK) {
      const length = Math.min(BULK, total - from);
      await queue.addBulk(Array.from({ length }, (_, i) => ({ name: 'noop', data: { index: from + i } })));
    }
    await all;
    if (sum !== (total * (total - 1)) / 2) throw new Error('a result is missing');
    return (performance.now() - start) / 1000;
  };
  await run(1000);
  const seconds = await run(tasks);
  const peer = `bullmq, appendfsync ${fsync}`;
  const durable = fsync === 'always';
  process.stdout.write(`${JSON.stringify({ peer, version: manifest.version, durable, tasks, seconds })}\n`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await queue.close();
  const closed = new Promise((resolve) => redis.once('close', resolve));
  redis.kill('SIGKILL');
  await closed;
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
