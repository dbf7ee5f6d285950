import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '@oodgrid/contract';
import { afterAll, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());
const env = { OODGRID_CACHE: cache.cacheDir };

async function json(...args: string[]) {
  const { stdout, stderr, code } = await oodCli([...args, '--json'], env);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

it('the same grid with one more method computes only that method, and plan says so before', async () => {
  const { file } = writeBlackGrid(cache.folder, { count: 1100, methods: '[baseline]' });
  const more = ['--set', 'methods=[baseline, {name: mc-dropout, passes: 3}]'];
  const fresh = await json('plan', file, ...more);
  expect(
    fresh.tasks.every(({ reusedMethods }: { reusedMethods: string[] }) => reusedMethods.length === 0),
  ).toBe(true);

  const first: Results = await json('submit', file, '--output', join(cache.folder, 'first'));
  expect(first.run.cachedUnits).toBe(0);
  const plan = await json('plan', file, ...more);
  for (const { data, methods, reusedMethods, isReused } of plan.tasks) {
    // Predictions are made of the ID set alone.
    const predictions = data === 'id/test' ? ['predictions'] : [];
    expect({ methods, reusedMethods, isReused }).toEqual({
      methods: ['msp', 'mc-dropout', ...predictions],
      reusedMethods: ['msp', ...predictions],
      isReused: false,
    });
  }

  const second: Results = await json('submit', file, ...more, '--output', join(cache.folder, 'second'));
  expect(second.run.work).toEqual(plan.work);
  const reused = plan.tasks.flatMap(({ reusedMethods }: { reusedMethods: string[] }) => reusedMethods);
  expect(second.run.cachedUnits).toBe(reused.length);
  expect(second.cells[0]).toMatchObject({ method: 'baseline', scores: first.cells[0]?.scores });

  const keys = second.references.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(['huang2020feature', 'gal2016dropout', 'delong1988comparing']));
  const bibliography = readFileSync(join(cache.folder, 'second', 'references.bib'), 'utf8');
  expect([...bibliography.matchAll(/^@\w+\{(.*),$/gm)].map(([, key]) => key)).toEqual(keys);

  const all = await json('plan', file, ...more);
  expect(all.work).toEqual({ images: 0, forwards: 0, gradients: 0 });
}, 120_000);
