import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cell, digestOfJson, metricOf, type Results, readResults, sha256 } from '@oodgrid/contract';
import { type NpyArray, parseNpz } from '@oodgrid/formats';
import { BootstrapDraws, NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliOutcome, oodCli } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const cli = (...args: readonly string[]): Promise<CliOutcome> =>
  oodCli(args, { OODGRID_CACHE: cacheDir }, folder);
const file = (name: string): string => readFileSync(join(folder, 'run', name), 'utf8');

const COUNTS = { shirts: 700, shoes: 600, digits: 650, few: 60 };
const REPLICATES = 100;
const GRID = `name: own
protocol: holdout
models: [lenet-fmnist]
pairs:
  - { id: { dir: shirts, normalisation: { mean: [0.286], std: [0.353] } }, ood: { dir: digits } }
  - { id: { dir: shoes, normalisation: { mean: [0.286], std: [0.353] } }, ood: { dir: digits } }
methods:
  - baseline
  - { name: energy, temperatures: [1, 1000] }
  - { name: odin, magnitudes: [0.004, 0], temperatures: [1000] }
  - { name: odin, as: moved, magnitudes: [0.004], temperatures: [1000] }
  - { name: odin, as: still, magnitudes: [0], temperatures: [1000] }
options: { bootstrapReplicates: ${REPLICATES} }
`;

let submitted: CliOutcome;
let results: Results;
const cellOf = (id: string, method: string): Cell => {
  const found = results.cells.find((cell) => cell.id === id && cell.method === method);
  if (found === undefined) throw new Error(`no row ${method} of ${id}`);
  return found;
};

beforeAll(async () => {
  await writeSubset(join(folder, 'shirts'), 'fashion-mnist', 'test', 0, COUNTS.shirts);
  await writeSubset(join(folder, 'shoes'), 'fashion-mnist', 'test', 5000, 5000 + COUNTS.shoes);
  await writeSubset(join(folder, 'digits'), 'mnist-10k', 'test', 0, COUNTS.digits);
  await writeSubset(join(folder, 'few'), 'mnist-10k', 'test', 1000, 1000 + COUNTS.few);
  cpSync(fileURLToPath(new URL('./fixtures/holdout.mjs', import.meta.url)), join(folder, 'holdout.mjs'));
  writeFileSync(join(folder, 'grid.yaml'), GRID);
  writeFileSync(join(folder, 'broken.mjs'), 'export default (kit) => {');
  writeFileSync(join(folder, 'throws.mjs'), '\nthrow new Error("no such luck");');
  submitted = await cli('submit', 'grid.yaml', '--protocol', './holdout.mjs', '--output', 'run');
  if (submitted.code !== 0) throw new Error(submitted.stderr);
  results = readResults(JSON.parse(file('results.json')));
}, 240_000);

/** The arrays of a row's score file. */
function arraysOf({ scores }: Cell): (name: string) => Float64Array {
  const arrays: ReadonlyMap<string, NpyArray> = parseNpz(
    readFileSync(join(folder, 'run', scores.file)),
    scores.file,
  );
  return (name) => Float64Array.from(arrays.get(name)?.data ?? [], Number);
}

function pairsInOrder(id: Float64Array, ood: Float64Array): number {
  let sum = 0;
  for (const a of id) for (const b of ood) sum += (1 + Math.sign(a - b)) / 2;
  return sum / (id.length * ood.length);
}

/** Sample by sample, from a threshold down to which 80 % of all lie. */
function riskAt80(id: Float64Array, ood: Float64Array): number {
  const all = Float64Array.from([...id, ...ood]).sort();
  const threshold = all[all.length - Math.ceil(0.8 * all.length)] ?? Number.NaN;
  const kept = (scores: Float64Array) => scores.filter((score) => score >= threshold).length;
  return kept(ood) / (kept(id) + kept(ood));
}

/** Linear-interpolated, of the metric on scores that were drawn again. */
function riskInterval(id: Float64Array, ood: Float64Array): { low: number; high: number } {
  const draws = new BootstrapDraws(42, REPLICATES, id.length, ood.length);
  const values = Float64Array.from({ length: REPLICATES }, (_, replicate) => {
    const counts = draws.counts(replicate);
    const drawn = (scores: Float64Array, from: number) =>
      Float64Array.from(
        [...scores].flatMap((score, i) => new Array<number>(Math.abs(counts[from + i] ?? 0)).fill(score)),
      );
    return riskAt80(drawn(id, 0), drawn(ood, id.length));
  }).sort();
  const quantile = (q: number) => {
    const at = q * (REPLICATES - 1);
    const [below = Number.NaN, above = below] = values.slice(Math.floor(at), Math.floor(at) + 2);
    return below + (above - below) * (at % 1);
  };
  return { low: quantile(0.025), high: quantile(0.975) };
}

const rows = ['shirts', 'shoes'].flatMap((id) =>
  ['baseline', 'energy', 'odin', 'moved', 'still'].map((method) => ({ id, method })),
);

describe('a protocol of a file of its own', () => {
  it('is what results say that they are of, with its metrics', () => {
    const module = digestOfJson([sha256(readFileSync(join(folder, 'holdout.mjs')))]);
    expect(results.protocol).toEqual({ name: 'holdout', criterion: 'AUROC', module });
    expect(results.metrics).toEqual([
      { key: 'auroc', title: 'AUROC', isLowerBetter: false, positive: 'id' },
      { key: 'risk80', title: 'Risk at 80 %', isLowerBetter: true, positive: 'ood' },
      { key: 'fpr95', title: 'FPR95', isLowerBetter: true, positive: 'id' },
    ]);
    expect(results.cells.map(({ id, method }) => ({ id, method }))).toEqual(rows);
  });

  it.each(rows)('$method of $id tests the samples that the protocol leaves for it', ({ id, method }) => {
    const cell = cellOf(id, method);
    const arrays = arraysOf(cell);
    for (const [side, set] of [
      ['id', id === 'shirts' ? 'shirts' : 'shoes'],
      ['ood', 'digits'],
    ] as const) {
      const tenth = Math.floor(COUNTS[set] / 10);
      // The baseline's arithmetic asks for the file's order.
      const order =
        method === 'baseline'
          ? Array.from({ length: COUNTS[set] }, (_, i) => i)
          : [...new NumpyRandomState(7).permutation(COUNTS[set])];
      expect([...arrays(`index_${side}`)]).toEqual(order.slice(2 * tenth));
      const counts = { fit: tenth, select: tenth, test: COUNTS[set] - 2 * tenth };
      for (const role of ['fit', 'select', 'test'] as const)
        expect(cell.counts[role][side]).toBe(counts[role]);
    }
  });

  it.each(rows)('$method of $id has the numbers of its scores', ({ id, method }) => {
    const cell = cellOf(id, method);
    const arrays = arraysOf(cell);
    const [ofId, ofOod] = [arrays('score_id'), arrays('score_ood')];
    expect(sha256(new Uint8Array(ofId.buffer))).toBe(cell.scores.id);
    const auroc = metricOf(cell, 'auroc');
    expect(auroc.estimate).toBeCloseTo(pairsInOrder(ofId, ofOod), 12);
    expect(auroc.estimate).toBeGreaterThan(0.6);
    const risk = metricOf(cell, 'risk80');
    expect(risk.estimate).toBeCloseTo(riskAt80(ofId, ofOod), 12);
    const { low, high } = riskInterval(ofId, ofOod);
    expect(risk.interval.low).toBeCloseTo(low, 12);
    expect(risk.interval.high).toBeCloseTo(high, 12);
    const threshold = [...ofId].sort((a, b) => b - a)[Math.ceil(0.95 * ofId.length) - 1] ?? Number.NaN;
    const above = ofOod.filter((score) => score >= threshold).length / ofOod.length;
    expect(metricOf(cell, 'fpr95').estimate).toBeCloseTo(above, 12);
    expect([auroc, risk, metricOf(cell, 'fpr95')].map(({ how }) => how)).toEqual([
      'delong',
      'bootstrap',
      'bootstrap-border',
    ]);
  });

  it.each(rows)('$method of $id is scored by its combination', ({ id, method }) => {
    const cell = cellOf(id, method);
    const arrays = arraysOf(cell);
    const fit = arrays('valFit_id');
    const mean = fit.reduce((a, b) => a + b, 0) / fit.length;
    const deviation = Math.sqrt(fit.reduce((sum, x) => sum + (x - mean) ** 2, 0) / fit.length);
    expect(cell.combination.kind).toBe('mean-of-standardised-columns');
    const scores = arrays('score_ood');
    for (const [row, x] of arrays('test_ood').entries())
      expect(scores[row]).toBeCloseTo((x - mean) / deviation, 9);
  });

  it.each(['shirts', 'shoes'])('settings are selected as it says, for %s on its own', (id) => {
    const { chosen, criteria, isFallback } = cellOf(id, 'odin').hyperparameters;
    const alone = ['moved', 'still'].map((method) => {
      const cell = cellOf(id, method);
      const arrays = arraysOf(cell);
      expect(cell.hyperparameters.criteria[0]).toBeCloseTo(
        pairsInOrder(arrays('valSelect_id'), arrays('valSelect_ood')),
        12,
      );
      return cell.hyperparameters.criteria[0] ?? Number.NaN;
    });
    expect(criteria).toEqual(alone);
    const [moved = 0, still = 0] = alone;
    expect(chosen?.magnitude).toBe(moved >= still ? 0.004 : 0);
    expect(isFallback).toBe(false);
    expect(cellOf(id, 'energy').hyperparameters.criteria).toHaveLength(2);
  });

  it('has its metrics under their names in every report', () => {
    expect(submitted.stdout).toMatch(/method +AUROC \(95 %\) +Risk at 80 % +FPR95 +chosen/);
    expect(submitted.stdout).not.toContain('AUPR');
    expect(submitted.stdout.replaceAll(/\s+/g, ' ')).toContain(
      "ID is the positive class (Risk at 80 %: OOD). AUROC has a 95 % interval (DeLong's, with Newcombe's at the border), Risk at 80 % a stratified bootstrap's, FPR95",
    );
    expect(file('table.md')).toContain('| Method | AUROC ↑ | Risk at 80 % ↓ | FPR95 ↓ | Chosen |');
    expect(file('table.tex')).toContain('Risk at 80 \\% $\\downarrow$');
    expect(file('report.html')).toContain('<th scope="col">Risk at 80 % <span aria-label="lower is better">');
    expect(file('report.html')).toContain('protocol holdout');
    const [head = '', ...lines] = file('results.csv').split('\r\n');
    const column = head.split(',').indexOf('risk80');
    const risks = results.cells.map((cell) => String(metricOf(cell, 'risk80').estimate));
    expect(lines.slice(0, -1).map((line) => line.split(',')[column])).toEqual(risks);
    expect(new Set(lines.slice(0, -1).map((line) => line.split(',')[4]))).toEqual(new Set(['holdout']));
  });
});

describe('--protocol', () => {
  it('serves plan as well', async () => {
    const { code, stdout } = await cli('plan', 'grid.yaml', '--protocol', 'holdout.mjs', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).cells).toHaveLength(rows.length);
  });

  it.each([
    [
      ['plan', 'grid.yaml', '--protocol', 'broken.mjs'],
      2,
      /^error: .*broken\.mjs: cannot be loaded: .*; node --check .*broken\.mjs shows the place\n$/,
    ],
    [
      ['plan', 'grid.yaml', '--protocol', 'throws.mjs'],
      2,
      /^error: .*throws\.mjs: cannot be loaded: no such luck \(line 2\)\n$/,
    ],
    [
      ['submit', 'grid.yaml', '--protocol', './holdout.mjs', '--coordinator', '127.0.0.1:1'],
      2,
      /^error: --protocol \.\/holdout\.mjs: a coordinator and its workers load no code that comes with a submission/,
    ],
    [
      ['submit', 'grid.yaml', '--protocol', './holdup.mjs'],
      3,
      /^error: \.\/holdup\.mjs: there is no such file\n$/,
    ],
    [['submit', 'grid.yaml'], 2, /^error: grid\.yaml:2:11 {2}protocol: expected .*fssd-paper.*got "holdout"/],
    [
      ['plan', 'grid.yaml', '--protocol', './holdout.mjs', '--set', 'pairs.0.ood={dir: few}'],
      2,
      /^error: .*holdout\.mjs: cut of "few" \(60 test samples\): data set "few" needs 100 test samples \(line \d+\)\n$/,
    ],
    [
      ['plan', 'grid.yaml', '--protocol', './holdout.mjs', '--set', 'options.slice=512'],
      2,
      /options\.slice: expected a multiple of 100, the batch of protocol holdout, got 512; write 500/,
    ],
  ])('%j is refused with what to do', async (args, exitCode, message) => {
    const { code, stderr } = await cli(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(exitCode);
  });
});
