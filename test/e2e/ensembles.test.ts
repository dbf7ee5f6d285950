import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricOf, type Results, readResults } from '@oodgrid/contract';
import { type NpyArray, openNpz, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState, rocMetrics } from '@oodgrid/stats';
import { beforeAll, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { cacheDir, folder } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const C = 4;

function logits(seed: number, n: number, far: number): Record<string, NpyArray> {
  const random = new NumpyRandomState(seed).randomSample(n * C);
  const data = Float32Array.from(random, (value, i) => {
    return Math.round(4 * (3 * value + (i % C === Math.floor(i / C) % C ? far : 0))) / 4;
  });
  return {
    logits: { shape: [n, C], data },
    labels: { shape: [n], data: Int32Array.from({ length: n }, (_, i) => i % C) },
  };
}

beforeAll(() => {
  const write = (name: string, arrays: Record<string, NpyArray>) =>
    writeFileSync(join(folder, `${name}.npz`), writeNpz(new Map(Object.entries(arrays))));
  write('one', logits(1, 300, 1.5));
  write('two', logits(2, 200, 0));
});

const grid = (ensembles: string) => {
  writeFileSync(
    join(folder, 'grid.yaml'),
    `protocol: raw
models: [{ name: net, source: features, splits: { one: { test: ./one.npz }, two: { test: ./two.npz } } }]
pairs: [{ id: { name: one, images: none }, ood: { name: two, images: none } }]
measure: [open-set]
ensembles: ${ensembles}
methods: [baseline, max-logit, entropy]
options: { bootstrapReplicates: 100 }
`,
  );
  return 'grid.yaml';
};

/** Ranks among all of them, equal ones sharing the mean of theirs. */
const ranks = (values: readonly number[]) =>
  values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return below + (same + 1) / 2;
  });

function scoresOf(results: Results, method: string) {
  const cell = results.cells.find((one) => one.method === method);
  if (cell === undefined) throw new Error(`no row ${method}`);
  const file = openNpz(readFileSync(join(folder, 'run', cell.scores.file)), 'scores');
  const of = (side: string) => Array.from(file.read(`score_${side}`).data, Number);
  return { cell, id: of('id'), ood: of('ood') };
}

it('an ensemble is a row of the mean ranks of its rows, measured and tested as they are', async () => {
  const { code, stdout, stderr } = await oodCli(
    ['submit', grid('{ fusion: [baseline, max-logit] }'), '--output', 'run', '--workers', '1'],
    env,
    folder,
  );
  expect(code, stderr).toBe(0);
  const results = readResults(JSON.parse(readFileSync(join(folder, 'run', 'results.json'), 'utf8')));
  const members = ['baseline', 'max-logit'].map((method) => scoresOf(results, method));
  const ranked = members.map(({ id, ood }) => ranks([...id, ...ood]));
  const mean = ranked[0]?.map((rank, i) => (rank + (ranked[1]?.[i] ?? Number.NaN)) / 1000) ?? [];
  const { cell, id, ood } = scoresOf(results, 'fusion');
  for (const [i, value] of [...id, ...ood].entries()) expect(value).toBeCloseTo(mean[i] ?? Number.NaN, 12);
  expect(cell).toMatchObject({
    title: 'fusion (mean rank of 2)',
    combination: { kind: 'rank-average' },
    hyperparameters: { chosen: null },
  });
  const { auroc } = rocMetrics(Float64Array.from(mean.slice(0, 300)), Float64Array.from(mean.slice(300)));
  expect(metricOf(cell, 'auroc').estimate).toBeCloseTo(auroc, 12);
  expect(metricOf(cell, 'oscr').estimate).toBeGreaterThan(0);
  expect(results.comparisons.filter(({ a, b }) => a === 'fusion' || b === 'fusion')).toHaveLength(3);
  expect(stdout).toContain('fusion (mean rank of 2)');
  expect(readFileSync(join(folder, 'run', 'report.html'), 'utf8')).toContain(
    'Rank correlation of the scores',
  );
}, 60_000);

it('what is no row, is there twice, or is tested on other samples is refused with its place', async () => {
  const refused = async (ensembles: string, ...more: readonly string[]) =>
    (await oodCli(['plan', grid(ensembles), ...more], env, folder)).stderr.replaceAll(/\s+/g, ' ');
  const faults = await refused('{ entropy: [baseline, max-logits], twice: [baseline, baseline] }');
  expect(faults).toContain('ensembles.entropy: row "entropy" is there already');
  expect(faults).toContain(
    'ensembles.entropy[1]: no row of this grid is called "max-logits" (did you mean "max-logit"?)',
  );
  expect(faults).toContain('ensembles.twice[1]: row "baseline" is in it already');
  expect(await refused('{ fusion: [baseline] }')).toContain('ensembles.fusion');
}, 60_000);
