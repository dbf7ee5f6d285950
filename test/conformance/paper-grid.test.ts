import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, metricOf, type Results, resultsSchema } from '@oodgrid/contract';
import { type NpyArray, parseNpz } from '@oodgrid/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';
import { skipWhen, whyNoMnist } from '../support/without.js';
import { goldenOf } from './support/golden.js';
import { columns, referenceNpz } from './support/reference.js';

/** The rows of the example grids and their names in the golden files. */
const ROWS = {
  baseline: 'baseline',
  odin: 'odin',
  mahalanobis: 'mahalanobis',
  'deep-ensemble': 'deep_ensemble',
  'mc-dropout': 'mc_dropout',
  'outlier-exposure': 'oe',
  fssd: 'fssd',
  'fssd-no-preprocessing': 'fssd_no_preprocessing',
} as const;

const SPLITS = ['valFit_id', 'valFit_ood', 'valSelect_id', 'valSelect_ood', 'test_id', 'test_ood'];

const GRIDS = [
  { grid: 'fssd-paper', golden: 'golden.json', features: 'features-mnist', why: whyNoMnist },
  {
    grid: 'quickstart',
    golden: 'golden-mnist-10k.json',
    features: 'features-mnist-10k',
    // Its data come from package registries, as every other test's do.
    why: async () => undefined,
  },
] as const;

/** The rows of README.md's table: title, then AUROC, AUPR-IN, AUPR-OUT, FPR80, FPR95 in percent. */
function readmeRows(): ReadonlyMap<string, readonly number[]> {
  const [, table = ''] =
    /\n(fashion-mnist vs mnist-10k[^`]*)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const rows = table
    .split('\n')
    .slice(3)
    .flatMap((line) => {
      const [, title, numbers] = /^(\S.*?) +~?([\d.]+ \(.*)$/.exec(line) ?? [];
      if (title === undefined || numbers === undefined) return [];
      const values = numbers.replace(/\(.*?\)/, '').match(/\d+\.\d+/g) ?? [];
      return [[title, values.map(Number)] as const];
    });
  return new Map(rows);
}

// One cache for both grids: the second takes the FashionMNIST side from the first, as a user's would.
const cache = temporaryCache();
afterAll(() => cache.remove());

describe.each(GRIDS)('the example $grid against the paper code', ({ grid, golden, features, why }) => {
  let results: Results;
  let missing: string | undefined;
  const folder = join(cache.folder, grid);

  beforeAll(async () => {
    missing = await why();
    if (missing !== undefined) return;
    const args = ['submit', `examples/${grid}.yaml`, '--json', '--output', folder];
    const { code, stdout, stderr } = await oodCli(args, { OODGRID_CACHE: cache.cacheDir });
    if (code !== 0) throw new Error(`ood-cli ended with ${code}:\n${stderr.slice(-2000)}`);
    results = resultsSchema.parse(JSON.parse(stdout));
  }, 900_000);

  skipWhen(() => missing);

  const cellOf = (row: string): Cell => {
    const found = results.cells.find(({ method }) => method === row);
    if (found === undefined) throw new Error(`no row ${row}`);
    return found;
  };

  it.each(Object.entries(ROWS))('%s has the reference metrics', (row, name) => {
    const { test } = goldenOf(golden)[name]?.converged ?? {};
    if (test === undefined) throw new Error(`${golden} has no ${name}`);
    const error = (key: string, wanted: number) => Math.abs(metricOf(cellOf(row), key).estimate - wanted);
    // Masks of MC-dropout are drawn anew: only the statistics of 32 passes can agree.
    const areaTolerance = row === 'mc-dropout' ? 0.01 : 0.0005;
    const rateTolerance = row === 'mc-dropout' ? 0.01 : 0.002;
    expect(error('auroc', test.auroc)).toBeLessThan(areaTolerance);
    expect(error('auprIn', test.auin)).toBeLessThan(areaTolerance);
    expect(error('auprOut', test.auout)).toBeLessThan(areaTolerance);
    expect(error('fpr80', test.fpr80)).toBeLessThan(rateTolerance);
    expect(error('fpr95', test.fpr95)).toBeLessThan(rateTolerance);
    expect(error('detacc', test.detacc)).toBeLessThan(rateTolerance);
  });

  /** Of the demo alone: README.md shows what it prints. */
  const holdsReadme = () => {
    const rows = readmeRows();
    expect(rows.size).toBe(results.cells.length);
    for (const cell of results.cells) {
      const { title } = cell;
      const shown = rows.get(title);
      for (const [i, key] of ['auroc', 'auprIn', 'auprOut', 'fpr80', 'fpr95'].entries()) {
        const { estimate } = metricOf(cell, key);
        // Last digits differ between processors.
        expect(Math.abs((shown?.[i] ?? Number.NaN) - 100 * estimate), `${title} ${i}`).toBeLessThan(0.2);
      }
    }
  };
  if (grid === 'quickstart') it('is the table that README.md shows', holdsReadme);

  it.each(['odin', 'mahalanobis', 'fssd'] as const)('%s chooses the reference hyper-parameters', (row) => {
    const { magnitude, temperature, sweep = [] } = goldenOf(golden)[row] ?? {};
    const { chosen, criteria } = cellOf(row).hyperparameters;
    expect(criteria).toHaveLength(sweep.length);
    const wanted = { magnitude, ...(temperature === undefined ? {} : { temperature }) };
    if (JSON.stringify(chosen) === JSON.stringify(wanted)) return;
    // Another setting may win by rounding, if its TNR is as good: 0.002 is one of 500 samples.
    const tnrs = sweep.map((line) => line.at(-2) ?? 0);
    const best = Math.max(...tnrs);
    const mine = sweep.find(
      (line) =>
        line[0] === chosen?.magnitude && (temperature === undefined || line[1] === chosen?.temperature),
    );
    expect(best - (mine?.at(-2) ?? 0)).toBeLessThanOrEqual(0.002);
  });

  it.each(Object.entries(ROWS).filter(([row]) => row !== 'mc-dropout'))(
    '%s has the reference features',
    (row, name) => {
      const cell = cellOf(row);
      const got = parseNpz(readFileSync(join(folder, cell.scores.file)), cell.scores.file);
      const want = referenceNpz(`${features}/features_${name}.npz`);
      const golden_ = goldenOf(golden)[name];
      const isSameSetting =
        golden_?.magnitude === undefined || cell.hyperparameters.chosen?.magnitude === golden_.magnitude;
      // The reference has features of its own choice only; the choices above are equal on this data.
      expect(isSameSetting).toBe(true);
      const errors = SPLITS.flatMap((split) => sampleErrors(got, want, split)).sort((a, b) => a - b);
      const quantile = (q: number) => errors[Math.floor(q * (errors.length - 1))] ?? Number.NaN;
      expect(quantile(0.99)).toBeLessThan(1e-5);
      expect(quantile(0.999)).toBeLessThan(1e-3);
    },
  );

  it('keeps float32 softmax scores that saturate to exactly 1 as ties', () => {
    const cell = cellOf('baseline');
    const { data } = columns(parseNpz(readFileSync(join(folder, cell.scores.file)), 'scores'), 'test_id');
    expect(data.filter((value) => value === 1).length).toBeGreaterThan(100);
  });
});

/** Relative distance of each sample's feature vector from the reference's. */
function sampleErrors(
  got: ReadonlyMap<string, NpyArray>,
  want: ReadonlyMap<string, NpyArray>,
  split: string,
): number[] {
  const a = columns(got, split);
  const b = columns(want, split);
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns]);
  return Array.from({ length: a.rows }, (_, row) => {
    let distance = 0;
    let length = 0;
    for (let j = row * a.columns; j < (row + 1) * a.columns; j++) {
      distance += ((a.data[j] ?? Number.NaN) - (b.data[j] ?? Number.NaN)) ** 2;
      length += (b.data[j] ?? Number.NaN) ** 2;
    }
    return Math.sqrt(distance / Math.max(length, Number.MIN_VALUE));
  });
}
