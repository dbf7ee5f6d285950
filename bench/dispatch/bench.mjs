import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cliContext } from 'ood-cli';
import { dispatchOurs } from './ours.mjs';
import { installPeers } from './peers/install.mjs';

// No-op tasks a second, from submit to merged result, beside the same fan-out on other systems: interleaved
// rounds in one run, medians, ratios.
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const tasks = Number(values.tasks);
const peers = fileURLToPath(new URL('./peers', import.meta.url));
const folder = join(cliContext([]).cacheDir, 'dispatch-peers');
const { python, modules } = await installPeers(folder);

function peer(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output.trim().split('\n').at(-1)));
      else reject(new Error(`${program} ${args.join(' ')} ended with exit code ${code}`));
    });
  });
}

const bullmq = (fsync) => () =>
  peer(process.execPath, [join(peers, 'bullmq_peer.mjs'), String(tasks), fsync, modules]);
const contestants = [
  () => dispatchOurs(tasks),
  () => dispatchOurs(tasks, { isQueueless: true }),
  bullmq('always'),
  bullmq('default'),
  () => peer(python, [join(peers, 'ray_peer.py'), String(tasks)]),
  () => peer(python, [join(peers, 'dask_peer.py'), String(tasks)]),
];
if (!existsSync(python)) throw new Error(`${python} is missing`);

const rates = new Map();
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const contestant of contestants) {
    const { peer: name, durable, seconds } = await contestant();
    const known = rates.get(name) ?? { durable, all: [] };
    known.all.push(tasks / seconds);
    rates.set(name, known);
    process.stderr.write(`round ${round}: ${name}: ${Math.round(tasks / seconds)} tasks/s\n`);
  }
}
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const results = [...rates].map(([name, { durable, all }]) => ({
  peer: name,
  durable,
  tasksPerSecond: Math.round(median(all)),
}));
const ours = results[0].tasksPerSecond;
for (const result of results) result.ratio = Math.round((100 * ours) / result.tasksPerSecond) / 100;
if (!values.json) {
  for (const { peer: name, durable, tasksPerSecond, ratio } of results) {
    process.stdout.write(
      `${name} (${durable ? 'durable' : 'not durable'}): ${tasksPerSecond} tasks/s; ours is ${ratio}x\n`,
    );
  }
}
process.stdout.write(`${JSON.stringify({ tasks, results })}\n`);
