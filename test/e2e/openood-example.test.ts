import { METHODS } from '@oodgrid/methods';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { cacheDir } = testCache();

const planSchema = z.object({
  cells: z.array(z.object({ method: z.string(), ood: z.string() })),
  tasks: z.array(
    z.object({
      kind: z.string(),
      data: z.string(),
      from: z.number(),
      methods: z.array(z.string()),
      work: z.object({ gradients: z.number() }),
    }),
  ),
  warnings: z.array(z.object({ code: z.string() })),
});

it('the grid of all methods has every one that needs no other model, six OOD sets and one pass over each slice of a set', async () => {
  const { code, stdout, stderr } = await oodCli(['plan', 'examples/openood-fmnist.yaml', '--json'], {
    OODGRID_CACHE: cacheDir,
  });
  expect(code, stderr).toBe(0);
  const { cells, tasks, warnings } = planSchema.parse(JSON.parse(stdout));
  const alone = METHODS.filter(({ models }) => models === undefined).map(({ name }) => name);
  expect(new Set(cells.map(({ method }) => method))).toEqual(new Set(alone));
  const sets = new Set(cells.map(({ ood }) => ood));
  expect(sets.size).toBe(6);
  expect(cells).toHaveLength(6 * alone.length);
  const shared = tasks.filter(({ kind, methods }) => kind === 'score' && methods.includes('energy'));
  const places = shared.map(({ data, from }) => `${data} ${from}`);
  expect(new Set(places).size).toBe(places.length);
  // Whoever needs no gradient is in that pass; the set that settings are chosen on has those with several settings.
  const withoutGradient = tasks.filter(({ kind, work }) => kind === 'score' && work.gradients === 0);
  const others = withoutGradient.filter((task) => !shared.includes(task));
  expect(new Set(others.map(({ data }) => data))).toEqual(new Set(['permuted-pixels-fashion-mnist/test']));
  expect(warnings.map(({ code }) => code)).not.toContain('chosen-on-test');
}, 120_000);
