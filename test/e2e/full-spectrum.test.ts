import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricOf, type Results, readResults } from '@oodgrid/contract';
import { openNpz } from '@oodgrid/formats';
import { rocMetrics } from '@oodgrid/stats';
import { beforeAll, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const ID = '{ dir: shirts, normalisation: { mean: [0.286], std: [0.353] } }';

beforeAll(async () => {
  await writeSubset(join(folder, 'shirts'), 'fashion-mnist', 'test', 0, 200);
  await writeSubset(join(folder, 'shoes'), 'fashion-mnist', 'test', 5000, 5120);
}, 120_000);

function gridOf(name: string, more: string, ood = '{ synthetic: gaussian, count: 100 }'): string {
  writeFileSync(
    join(folder, name),
    `protocol: raw
models: [lenet-fmnist]
pairs: [{ id: ${ID}, ood: ${ood} }]
${more}
methods: [baseline, { name: odin, temperatures: [1000], magnitudes: [0.002] }]
options: { bootstrapReplicates: 100, slice: 512 }
`,
  );
  return name;
}

async function run(name: string, more: string, ood?: string): Promise<Results> {
  const output = name.replace('.yaml', '');
  const { code, stderr } = await oodCli(
    ['submit', gridOf(name, more, ood), '--output', output, '--workers', '1'],
    env,
    folder,
  );
  expect(code, stderr).toBe(0);
  return readResults(JSON.parse(readFileSync(join(folder, output, 'results.json'), 'utf8')));
}

function scoresOf(name: string, { cells }: Results, method: string) {
  const cell = cells.find((one) => one.method === method);
  if (cell === undefined) throw new Error(`no row ${method}`);
  const file = openNpz(readFileSync(join(folder, name, cell.scores.file)), 'scores');
  const of = (key: string) => Array.from(file.read(key).data, Number);
  return { cell, id: of('score_id'), ood: of('score_ood'), places: of('index_id') };
}

it('samples of shifted sets are ID test samples behind the others, for methods with and without gradients', async () => {
  const shifted = await run('shifted.yaml', 'fullSpectrum: [{ dir: shoes }]\nmeasure: [open-set]');
  const plain = await run('plain.yaml', '');
  const beside = await run('beside.yaml', '', '{ dir: shoes }');
  for (const method of ['baseline', 'odin']) {
    const { cell, id, ood, places } = scoresOf('shifted', shifted, method);
    const own = scoresOf('plain', plain, method);
    expect(id).toEqual([...own.id, ...scoresOf('beside', beside, method).ood]);
    expect(ood).toEqual(own.ood);
    expect(places).toEqual(Array.from({ length: 320 }, (_, i) => i));
    expect(cell.counts.test).toEqual({ id: 320, ood: 100 });
    const { auroc } = rocMetrics(Float64Array.from(id), Float64Array.from(ood));
    expect(metricOf(cell, 'auroc').estimate).toBeCloseTo(auroc, 12);
    // OSCR is at most the accuracy over both sets.
    const correct = shifted.accuracies.reduce((sum, one) => sum + one.correct, 0);
    expect(metricOf(cell, 'oscr').estimate).toBeGreaterThan(0.1);
    expect(metricOf(cell, 'oscr').estimate).toBeLessThanOrEqual(correct / 320);
  }
  expect(shifted.accuracies.map(({ id, cardAccuracy }) => [id, cardAccuracy === null])).toEqual([
    ['shirts', false],
    ['shoes', true],
  ]);
  expect(shifted.comparisons).toEqual([expect.objectContaining({ samplesId: 320, samplesOod: 100 })]);
  expect(shifted.protocol.fullSpectrum).toEqual(['shoes']);
  expect(readFileSync(join(folder, 'shifted', 'table.md'), 'utf8')).toContain(
    'Full spectrum: the samples of "shoes" are ID test samples too.',
  );
}, 120_000);

it('shifted sets that are in a pair, or of two ID sets, are refused with their place', async () => {
  const refused = async (more: string, ...flags: readonly string[]) =>
    (await oodCli(['plan', gridOf('refused.yaml', more), ...flags], env, folder)).stderr;
  expect(await refused('fullSpectrum: [mnist-10k]', '--set', 'pairs.0.ood=mnist-10k')).toContain(
    'fullSpectrum[0]: this set is in a pair',
  );
  expect(
    await refused('fullSpectrum: [{ dir: shoes }]', '--set', 'pairs.1={ id: fashion-mnist, ood: mnist-10k }'),
  ).toContain('pairs[1].id: fullSpectrum holds for one ID set');
  expect(await refused('fullSpectrum: [mnist-10q]')).toContain(
    'fullSpectrum[0]: unknown data set "mnist-10q"',
  );
}, 60_000);
