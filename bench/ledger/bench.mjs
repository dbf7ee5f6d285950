import { parseArgs } from 'node:util';
import v8 from 'node:v8';
import vm from 'node:vm';
import { DEFAULT_LEDGER_SETTINGS, hashJitter, Ledger } from '@oodgrid/coordinator';
import { replay } from './replay.mjs';

// The ledger alone: events a second and bytes a task, at growing numbers of tasks. O(log n) shows as a
// rate that hardly falls.
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10000,100000,1000000' },
    replayed: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
  },
});
/** Leases held at once: a large cluster. */
const HELD = 1000;

function run(tasks) {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const ledger = new Ledger({ settings: DEFAULT_LEDGER_SETTINGS, jitter: hashJitter });
  const task = { needs: [], priority: 1, kind: 'score' };
  ledger.addRun({ id: 'r', pool: 'p', priority: 0, tasks: Array.from({ length: tasks }, () => task) });
  globalThis.gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const start = performance.now();
  const held = [];
  let events = 0;
  let now = 0;
  const end = (kind, extra) => {
    const lease = held.shift();
    ledger.apply({ kind, ...lease, ...extra }, now);
    events++;
  };
  for (let next = ledger.pools.peekNext('p'); next !== undefined; next = ledger.pools.peekNext('p')) {
    now += 1;
    const offer = ledger.offer(next.run, next.task, now);
    const lease = { run: next.run, task: next.task, attempt: offer.attempt, token: `t${events}` };
    ledger.apply({ kind: 'leased', worker: `w${events % 100}`, ...lease }, now);
    events++;
    held.push(lease);
    if (held.length < HELD) continue;
    // One in a hundred is handed back and done later.
    if (events % 100 === 0) end('released');
    else end('completed');
    ledger.renew(held[0], now);
    events++;
  }
  while (held.length > 0) end('completed');
  const seconds = (performance.now() - start) / 1000;
  const done = ledger.run('r').tasks.count('done');
  if (done < tasks * 0.98) throw new Error(`${done} of ${tasks} tasks are done`);
  return {
    tasks,
    events,
    eventsPerSecond: Math.round(events / seconds),
    bytesPerTask: Math.round(bytes / tasks),
  };
}

// Garbage is collected before memory is looked at.
v8.setFlagsFromString('--expose-gc');
globalThis.gc = vm.runInNewContext('gc');
for (const tasks of values.tasks.split(',').map(Number))
  process.stdout.write(`${JSON.stringify(run(tasks))}\n`);
process.stdout.write(`${JSON.stringify(replay(Number(values.replayed)))}\n`);
