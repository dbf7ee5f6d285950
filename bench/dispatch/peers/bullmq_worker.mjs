import { createRequire } from 'node:module';
import { join } from 'node:path';

const [port, concurrency, modules] = process.argv.slice(2);
const { Worker } = createRequire(join(modules, 'x.js'))('bullmq');
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null };
let sum = 0;
let count = 0;
const worker = new Worker('noop', async ({ data }) => data.index, {
  connection,
  concurrency: Number(concurrency),
});
worker.on('completed', (_job, index) => {
  sum += index;
  count++;
  if (count > 1) return;
  setImmediate(() => {
    process.send({ sum, count });
    sum = 0;
    count = 0;
  });
});
worker.on('error', () => undefined);
