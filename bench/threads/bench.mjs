import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '../../packages/engine/dist/index.js';

// Do the bits depend on the number of threads, with oneDNN and without? Runs LeNet's logits and input gradients on 512
// images in a process per setting and compares their digests.
const PROGRAM = fileURLToPath(new URL('./digest-of-pass.mjs', import.meta.url));
const isJson = process.argv.includes('--json');
const rows = [];
for (const oneDnn of ['1', '0']) {
  for (const threads of ['1', '2', '4']) {
    const env = {
      ...process.env,
      ...workerEnvironment(),
      TF_ENABLE_ONEDNN_OPTS: oneDnn,
      TF_NUM_INTRAOP_THREADS: threads,
      OMP_NUM_THREADS: threads,
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    rows.push({ oneDnn: oneDnn === '1', threads: Number(threads), ...JSON.parse(stdout) });
  }
}
const first = (row) => rows.find(({ oneDnn, threads }) => oneDnn === row.oneDnn && threads === 1);
for (const row of rows) {
  const same = (key) => (row[key] === first(row)[key] ? 'same bits' : 'OTHER BITS');
  const line = `oneDNN ${row.oneDnn ? 'on ' : 'off'}  ${row.threads} threads  logits ${same('logits')}  scores after a gradient step ${same('gradients')}  ${row.milliseconds.toFixed(0)} ms`;
  (isJson ? process.stderr : process.stdout).write(`${line}\n`);
}
if (isJson) process.stdout.write(`${JSON.stringify({ rows })}\n`);
