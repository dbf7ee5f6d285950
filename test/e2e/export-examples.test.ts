import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricOf, resultsSchema } from '@oodgrid/contract';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { oodCli, ROOT } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { cacheDir, folder } = testCache();
const EXPORTED = join(ROOT, 'examples/export/results');
const expectedSchema = z.object({ accuracy: z.number(), mspAuroc: z.number() });

it('what the export examples wrote in four frameworks is scored as scikit-learn scores it', async () => {
  const args = ['score', EXPORTED, '--json', '--output', join(folder, 'out')];
  const { code, stdout, stderr } = await oodCli(args, { OODGRID_CACHE: cacheDir }, folder);
  expect(code, stderr).toBe(0);
  const { cells, accuracies, warnings } = resultsSchema.parse(JSON.parse(stdout));
  // Features, logits and last layer belong together, and the samples are in the order of their labels.
  expect(warnings.map((warning) => warning.code)).not.toContain('values-inconsistent');
  expect(warnings.map((warning) => warning.code)).not.toContain('accuracy-at-chance');
  for (const framework of ['pytorch', 'timm', 'keras', 'jax']) {
    const expected = expectedSchema.parse(
      JSON.parse(readFileSync(join(EXPORTED, `${framework}.json`), 'utf8')),
    );
    expect(accuracies.find(({ model }) => model === framework)?.accuracy.value).toBe(expected.accuracy);
    const msp = cells.find(({ model, method }) => model === framework && method === 'baseline');
    if (msp === undefined) throw new Error(`no baseline of ${framework}`);
    // Softmax in float32 here, in float64 there: values that are nearly equal may be ranked otherwise.
    expect(Math.abs(metricOf(msp, 'auroc').estimate - expected.mspAuroc)).toBeLessThan(1e-3);
    expect(cells.filter(({ model }) => model === framework).length).toBeGreaterThan(55);
  }
}, 120_000);
