import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { FAULTS } from './src/faults.js';
import { ratesOf } from './src/rates.js';
import { World } from './src/world.js';

const RUN = fileURLToPath(new URL('./run.mjs', import.meta.url));
const run = promisify(execFile);

it('10,000 fresh seeds keep every rule', async () => {
  // Other seeds every day and every run; a failure says which.
  const from = (Math.floor(Date.now() / 1000) % 40_000_000) * 50;
  const { stdout, stderr } = await run(process.execPath, [RUN, '--seeds', '10000', '--from', String(from)]);
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(stderr).toBe('');
  expect(result).toMatchObject({ seeds: 10_000, failures: 0 });
  expect(result.faultsInjected).toBeGreaterThan(10_000);
  // Every kind of fault was there.
  expect(Object.keys(result.faults).sort()).toEqual([...FAULTS].sort());
}, 240_000);

it('1,000 fresh seeds keep every rule where every cluster is without a queue', async () => {
  const from = (Math.floor(Date.now() / 1000) % 40_000_000) * 50;
  const args = ['--queueless', '--seeds', '1000', '--from', String(from)];
  const { stdout, stderr } = await run(process.execPath, [RUN, ...args]);
  expect(stderr).toBe('');
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(result).toMatchObject({ seeds: 1000, queueless: true, failures: 0 });
  // Nothing was ever given to a queue.
  expect(Object.keys(result.faults)).not.toContain('hint-lost');
}, 120_000);

it('a seed is the same world whenever it is run', () => {
  const story = (seed: number) => {
    const world = new World(seed, ratesOf(seed));
    world.run();
    return { journal: world.journal, faults: world.faults.counts, endMs: world.scheduler.now };
  };
  for (let seed = 1; seed <= 30; seed++) expect(story(seed)).toEqual(story(seed));
});
