import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, metricOf, type Results, readResults } from '@oodgrid/contract';
import { type NpyArray, openNpz, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState, rocMetrics } from '@oodgrid/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { cacheDir, folder: FOLDER } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const at = (name: string) => join(FOLDER, name);

const [D, C] = [8, 4] as const;

/** Features of a model: class means along an axis each, `far` of 1 for ID; larger noise makes wrong predictions. */
function features(seed: number, n: number, far: number, isId: boolean): Record<string, NpyArray> {
  const random = new NumpyRandomState(seed).randomSample(n * D);
  const data = Float32Array.from(random, (value, i) => {
    const isOwn = i % D === Math.floor(i / D) % C;
    return 2 * value + (isOwn ? far : 0);
  });
  const logits = Float32Array.from({ length: n * C }, (_, i) => {
    return data[Math.floor(i / C) * D + (i % C)] ?? Number.NaN;
  });
  return {
    features: { shape: [n, D], data },
    logits: { shape: [n, C], data: logits },
    ...(isId ? { labels: { shape: [n], data: Int32Array.from({ length: n }, (_, i) => i % C) } } : {}),
  };
}

const SETS = { 'oods-a': 0.5, 'oods-b': 0.3, 'oods-c': 0.1, val: 0.4 } as const;
const MODELS = ['net-s0', 'net-s1', 'other'] as const;

beforeAll(() => {
  const write = (name: string, arrays: Record<string, NpyArray>) =>
    writeFileSync(at(`${name}.npz`), writeNpz(new Map(Object.entries(arrays))));
  for (const [m, model] of MODELS.entries()) {
    for (const [i, id] of ['one', 'two'].entries()) {
      write(`${model}-${id}-test`, features(100 * m + 10 * i, 400, 1.5, true));
      write(`${model}-${id}-train`, features(100 * m + 10 * i + 1, 600, 1.5, true));
    }
    for (const [i, [set, far]] of Object.entries(SETS).entries())
      write(`${model}-${set}`, features(100 * m + 50 + i, 150 + 30 * i, far, false));
  }
});

const set = (name: string) => `{ name: ${name}, images: none }`;

interface Wanted {
  readonly pairs: readonly (readonly [id: string, ood: string, group?: string])[];
  readonly models?: readonly string[];
  readonly chooseOn?: string;
  readonly more?: string;
}

let grids = 0;
function writeGrid({ pairs, models = ['net-s0'], chooseOn = set('val'), more = '' }: Wanted): string {
  const file = at(`grid-${++grids}.yaml`);
  const splits = (model: string) =>
    [
      ...['one', 'two'].map(
        (id) => `${id}: { test: ./${model}-${id}-test.npz, train: ./${model}-${id}-train.npz }`,
      ),
      ...Object.keys(SETS).map((name) => `${name}: { test: ./${model}-${name}.npz }`),
    ].join(', ');
  const group = (name?: string) => (name === undefined ? '' : `, group: ${name}`);
  writeFileSync(
    file,
    `protocol: openood
models:
${models.map((model) => `  - { name: ${model}, source: features, splits: { ${splits(model)} } }`).join('\n')}
pairs:
${pairs.map(([id, ood, name]) => `  - { id: ${set(id)}, ood: ${set(ood)}${group(name)} }`).join('\n')}
${chooseOn === '' ? '' : `chooseOn: ${chooseOn}\n`}${more}methods:
  - baseline
  - { name: knn, k: [1, 10, 100] }
options: { bootstrapReplicates: 100 }
`,
  );
  return file;
}

interface Ran {
  readonly results: Results;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

async function run(wanted: Wanted, ...flags: readonly string[]): Promise<Ran> {
  const file = writeGrid(wanted);
  const folder = `${file}-out`;
  const { code, stdout, stderr } = await oodCli(
    ['submit', file, '--workers', '1', '--output', folder, ...flags],
    env,
    FOLDER,
  );
  expect(code, stderr).toBe(0);
  const results = readResults(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')));
  return { results, stdout, stderr, folder };
}

async function refused(wanted: Wanted): Promise<string> {
  const { code, stderr } = await oodCli(['plan', writeGrid(wanted)], env, FOLDER);
  expect(code).not.toBe(0);
  return stderr;
}

const cellOf = ({ cells }: Results, method: string, id: string, ood: string, model = 'net-s0'): Cell => {
  const found = cells.find(
    (cell) => cell.method === method && cell.id === id && cell.ood === ood && cell.model === model,
  );
  if (found === undefined) throw new Error(`no cell ${method} ${id} ${ood} ${model}`);
  return found;
};

const GROUPED = [
  ['one', 'oods-a', 'near'],
  ['one', 'oods-b', 'far'],
  ['one', 'oods-c', 'far'],
  ['two', 'oods-a', 'near'],
  ['two', 'oods-c'],
] as const;

describe('protocol openood', () => {
  it('averages the sets of a group for every seed, then the seeds; two ID sets and a model alone have their own', async () => {
    const { results, stdout, folder } = await run({
      pairs: GROUPED,
      models: MODELS,
      more: 'trainingSeeds: { net: [net-s0, net-s1] }\n',
    });
    const auroc = (ood: string, model: string) =>
      metricOf(cellOf(results, 'knn', 'one', ood, model), 'auroc').estimate;
    const ofSeeds = ['net-s0', 'net-s1'].map(
      (model) => (auroc('oods-b', model) + auroc('oods-c', model)) / 2,
    );
    const [a = Number.NaN, b = Number.NaN] = ofSeeds;
    const [mean, sd] = [(a + b) / 2, Math.abs(a - b) / 2];
    expect(sd).toBeGreaterThan(0);
    const lines = readFileSync(join(folder, 'means.csv'), 'utf8').split('\r\n');
    const columns = (lines[0] ?? '').split(',');
    const rowOf = (...start: readonly string[]) =>
      lines.filter((line) => line.startsWith(`${start.join(',')},`)).map((line) => line.split(','));
    const far = rowOf('knn', 'one', 'net', '2', 'openood', 'far');
    expect(far).toHaveLength(1);
    expect(far[0]?.[6]).toBe('1');
    expect(Number(far[0]?.[columns.indexOf('auroc_mean')])).toBeCloseTo(mean, 12);
    expect(Number(far[0]?.[columns.indexOf('auroc_sd')])).toBeCloseTo(sd, 12);
    // A group of one set is that set; a set without a group has its row and no mean.
    const near = rowOf('knn', 'two', 'other', '1', 'openood', 'near');
    const own = rowOf('knn', 'two', 'other', '1', 'openood', 'oods-a');
    expect(near[0]?.slice(7, 17)).toEqual(own[0]?.slice(7, 17));
    expect(rowOf('knn', 'two', 'other', '1', 'openood').map((row) => [row[5], row[6]])).toEqual([
      ['oods-a', '0'],
      ['near', '1'],
      ['oods-c', '0'],
    ]);
    const grouped = results.groupMeans.find(
      (one) => one.group === 'far' && one.model === 'net-s0' && one.method === 'knn',
    );
    expect(grouped?.auroc.value).toBeCloseTo(a, 12);
    const shown = `${(100 * mean).toFixed(2)} ± ${(100 * sd).toFixed(2)}`;
    expect(stdout).toContain('one, net (2 training seeds): means of groups, ID accuracy ');
    expect(stdout).toContain('two, other: means of groups, ID accuracy ');
    for (const file of ['table.md', 'report.html'])
      expect(readFileSync(join(folder, file), 'utf8'), file).toContain(shown);
    expect(readFileSync(join(folder, 'table.tex'), 'utf8')).toContain(shown.replace('±', '$\\pm$'));
    expect(stdout).toContain(shown);
  }, 120_000);

  it('chooses the setting with the best AUROC of ID samples that are not tested against the validation set, once for all pairs', async () => {
    const { results, stdout, folder } = await run({ pairs: GROUPED });
    const near = cellOf(results, 'knn', 'one', 'oods-a');
    const { chosen, criteria, isFallback } = near.hyperparameters;
    expect(criteria).toHaveLength(3);
    expect(chosen).toEqual({ k: [1, 10, 100][criteria.indexOf(Math.max(...criteria))] });
    expect(isFallback).toBe(false);
    expect(cellOf(results, 'knn', 'one', 'oods-c').hyperparameters).toEqual(near.hyperparameters);
    expect(near.counts).toEqual({
      fit: { id: 0, ood: 0 },
      select: { id: 40, ood: 240 },
      test: { id: 360, ood: 150 },
    });
    // The criterion, from a run that tests on the validation set with the one setting, on the same ID samples that chose.
    const scores = openNpz(readFileSync(join(folder, near.scores.file)), 'scores');
    const validationScores = scores.read('valSelect_id').data;
    const other = await run(
      { pairs: [['one', 'val']], chooseOn: 'none' },
      '--set',
      `methods.1.k=[${chosen?.k}]`,
    );
    const tested = openNpz(
      readFileSync(join(other.folder, cellOf(other.results, 'knn', 'one', 'val').scores.file)),
      'scores',
    ).read('score_ood').data;
    const { auroc } = rocMetrics(
      Float64Array.from(validationScores, Number),
      Float64Array.from(tested, Number),
    );
    expect(Math.max(...criteria)).toBeCloseTo(auroc, 12);
    expect(results.protocol).toEqual({ name: 'openood', criterion: 'AUROC', chosenOn: { ood: 'val' } });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Settings are chosen by the AUROC of ID samples that are not tested against the OOD set "val".',
    );
    expect(results.warnings.map(({ code }) => code)).not.toContain('chosen-on-test');
  }, 120_000);

  it('chooses on ID samples alone by telling right predictions from wrong ones, or on nothing', async () => {
    const { results, stdout, folder } = await run({ pairs: [['one', 'oods-a']], chooseOn: 'id' });
    const cell = cellOf(results, 'knn', 'one', 'oods-a');
    const { criteria } = cell.hyperparameters;
    expect(cell.counts.select).toEqual({ id: 40, ood: 0 });
    // The predictions of the same samples, from the logits.
    const archive = openNpz(readFileSync(join(folder, cell.scores.file)), 'scores');
    const chosen = Float64Array.from(archive.read('valSelect_id').data, Number);
    const order = new NumpyRandomState(42).permutation(400).subarray(0, 40);
    const { data: logits } = features(0, 400, 1.5, true).logits ?? { data: new Float32Array() };
    const isRight = [...order].map((sample) => {
      const own = Array.from({ length: C }, (_, c) => Number(logits[sample * C + c]));
      return own.indexOf(Math.max(...own)) === sample % C;
    });
    const { auroc } = rocMetrics(
      chosen.filter((_, i) => isRight[i] === true),
      chosen.filter((_, i) => isRight[i] === false),
    );
    expect(Math.max(...criteria)).toBeCloseTo(auroc, 12);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Settings are chosen on ID samples alone');

    const none = await run({ pairs: [['one', 'oods-a']], chooseOn: 'none' });
    const own = cellOf(none.results, 'knn', 'one', 'oods-a');
    expect(own.hyperparameters).toEqual({ chosen: { k: 1 }, isFallback: false, criteria: [] });
    expect(own.counts.test.id).toBe(400);
    expect(none.stdout.replaceAll(/\s+/g, ' ')).toContain('No data chose a setting');
  }, 120_000);

  it('warns in plan, table and report where the validation set is a test set', async () => {
    const wanted = {
      pairs: [
        ['one', 'val', 'near'],
        ['one', 'oods-a', 'near'],
      ],
    } as const;
    const plan = await oodCli(['plan', writeGrid(wanted)], env, FOLDER);
    expect(plan.stderr).toContain('warning: settings are chosen on "val", which is tested too');
    const { stdout, results, folder } = await run(wanted);
    expect(results.warnings).toContainEqual(
      expect.objectContaining({ code: 'chosen-on-test', severity: 'serious', place: { ood: 'val' } }),
    );
    expect(stdout).toContain('THAT SET IS TESTED TOO');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('THAT SET IS TESTED TOO');
  }, 120_000);

  it('scores exported features of two seeds without a grid, with groups by the files’ names', async () => {
    for (const [m, model] of ['s0', 's1'].entries()) {
      mkdirSync(at(`exported/${model}`), { recursive: true });
      const write = (name: string, arrays: Record<string, NpyArray>) =>
        writeFileSync(at(`exported/${model}/${name}.npz`), writeNpz(new Map(Object.entries(arrays))));
      write('id_test', features(300 + m, 300, 1.5, true));
      write('ood_near_a', features(310 + m, 150, 0.5, false));
      write('ood_far_b', features(320 + m, 150, 0.2, false));
      write('ood_val', features(330 + m, 150, 0.3, false));
    }
    const flags = ['--protocol', 'openood', '--choose-on', 'val', '--seeds'];
    const { code, stdout, stderr } = await oodCli(
      ['score', at('exported'), ...flags, '--workers', '1', '--output', at('scored')],
      env,
      FOLDER,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('id, seeds (2 training seeds): means of groups, ID accuracy ');
    const results = readResults(JSON.parse(readFileSync(at('scored/results.json'), 'utf8')));
    expect(results.protocol).toMatchObject({ name: 'openood', chosenOn: { ood: 'val' } });
    expect(new Set(results.cells.map(({ ood }) => ood))).toEqual(new Set(['near_a', 'far_b']));
    expect(results.groups).toEqual([
      { id: 'id', ood: 'far_b', group: 'far' },
      { id: 'id', ood: 'near_a', group: 'near' },
    ]);
  }, 120_000);

  it('refuses what cannot be meant, with the place and the way out', async () => {
    const pairs = [['one', 'oods-a']] as const;
    expect(await refused({ pairs, chooseOn: '' })).toMatch(
      /chooseOn: missing; protocol openood needs to know/,
    );
    expect(await refused({ pairs, chooseOn: 'vla' })).toMatch(/chooseOn: unknown data set "vla"/);
    expect(await refused({ pairs, chooseOn: set('one') })).toMatch(/chooseOn: this is the ID set of a pair/);
    expect(await refused({ pairs, more: 'trainingSeeds: { net: [net-s0, nest] }\n' })).toMatch(
      /trainingSeeds\.net\[1\]: no model of this grid is called "nest"/,
    );
    expect(await refused({ pairs, more: 'trainingSeeds: { a: [net-s0], b: [net-s0] }\n' })).toMatch(
      /trainingSeeds\.b\[0\]: model "net-s0" is there already, in "a"/,
    );
    const raw = writeGrid({ pairs });
    writeFileSync(raw, readFileSync(raw, 'utf8').replace('protocol: openood', 'protocol: raw'));
    const { stderr } = await oodCli(['plan', raw], env, FOLDER);
    expect(stderr).toContain('chooseOn: protocol raw chooses nothing: take chooseOn out');
  }, 120_000);
});
