import { ratesOf } from './rates.js';
import { simulate } from './simulate.js';

// One process's share of a simulation: `main.js FROM COUNT STEP [queueless]`. Writes a JSON line for each failure, then one
// for the whole.
const [from = 0, count = 100, step = 1] = process.argv.slice(2, 5).map(Number);
const isQueueless = process.argv[5] === 'queueless';
const faults: Record<string, number> = {};
let failures = 0;
let total = 0;
for (let i = 0; i < count; i++) {
  const seed = from + i * step;
  const rates = ratesOf(seed);
  const outcome = simulate(seed, isQueueless ? { ...rates, queueless: 1 } : rates);
  total += outcome.total;
  for (const [fault, times] of outcome.faults) faults[fault] = (faults[fault] ?? 0) + times;
  if (outcome.failure === undefined) continue;
  failures++;
  process.stdout.write(`${JSON.stringify({ seed, failure: outcome.failure })}\n`);
}
process.stdout.write(`${JSON.stringify({ seeds: count, failures, faultsInjected: total, faults })}\n`);
