import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, EXIT_CODES, resultsSchema } from '@oodgrid/contract';
import { openNpz, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const SOURCE = join(ROOT, 'packages/models/test/fixtures/linear.mjs');
const LENET = join(ROOT, 'models', 'lenet-fmnist.safetensors');
const [CLASSES, PIXELS] = [10, 784] as const;
const [K, TRAIN] = [5, { a: [0, 300], b: [300, 500] }] as const;
const [MEAN, STD] = [0.286, 0.353] as const;

const at = (name: string) => join(cache.folder, name);

interface Weights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

function writeWeights(name: string, seed: number): Weights {
  const random = new NumpyRandomState(seed).randomSample((PIXELS + 1) * CLASSES);
  const weight = Float32Array.from(random.subarray(0, PIXELS * CLASSES), (value) => (value - 0.5) / 10);
  const bias = Float32Array.from(random.subarray(PIXELS * CLASSES));
  const arrays = new Map([
    ['weight', { shape: [CLASSES, PIXELS], data: weight }],
    ['bias', { shape: [CLASSES], data: bias }],
  ]);
  writeFileSync(at(`${name}.npz`), writeNpz(arrays));
  return { weight, bias };
}

const weights = new Map<string, Weights>();

beforeAll(async () => {
  for (const [set, [from, to]] of Object.entries(TRAIN)) {
    await writeSubset(at(set), 'fashion-mnist', 'test', from * 5, from * 5 + 1200);
    await writeSubset(at(set), 'fashion-mnist', 'train', from, to);
  }
  await writeSubset(at('digits'), 'mnist-10k', 'test', 0, 1200);
  for (const [i, name] of ['first', 'second'].entries()) weights.set(name, writeWeights(name, i + 1));
});

const ID = (set: string) => `{ dir: ./${set}, normalisation: { mean: [${MEAN}], std: [${STD}] } }`;
const GRID = `name: linear
protocol: fssd-paper
models:
  - { name: first, source: linear, file: ./first.npz }
  - { name: lenet, source: safetensors, architecture: lenet, weights: ${LENET} }
  - { name: second, source: linear, file: ./second.npz }
pairs:
  - { id: ${ID('a')}, ood: { dir: ./digits } }
  - { id: ${ID('b')}, ood: { dir: ./digits } }
methods: [baseline, { name: energy, temperatures: [1] }, { name: knn, k: [${K}] }]
outputs: { formats: [] }
options: { bootstrapReplicates: 100, slice: 512 }
`;

let runs = 0;
async function submit(text: string, ...flags: readonly string[]) {
  const file = at(`grid-${++runs}.yaml`);
  writeFileSync(file, text);
  const folder = at(`run-${runs}`);
  const args = ['submit', file, '--json', '--workers', '1', '--output', folder, ...flags];
  const { code, stdout, stderr } = await oodCli(args, env);
  if (code !== 0) throw new Error(stderr);
  return { results: resultsSchema.parse(JSON.parse(stdout)), folder, stderr };
}

const read = new Map<string, Float64Array[]>();

/** Normalised pixels [n, 784] of a split. */
function pixels(set: string, split: string): Float64Array[] {
  const known = read.get(`${set}/${split}`) ?? readPixels(set, split);
  read.set(`${set}/${split}`, known);
  return known;
}

function readPixels(set: string, split: string): Float64Array[] {
  const { data } = openNpz(readFileSync(join(at(set), `${split}.npz`)), set).read('images');
  const values = Float64Array.from(data, Number);
  return Array.from({ length: values.length / PIXELS }, (_, i) =>
    values.slice(i * PIXELS, (i + 1) * PIXELS).map((value) => (value / 255 - MEAN) / STD),
  );
}

function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}

function logitsOf({ weight, bias }: Weights, x: Float64Array): number[] {
  return Array.from(bias, (b, c) => b + dot(x, weight.subarray(c * PIXELS, (c + 1) * PIXELS)));
}

const unit = (x: Float64Array) => x.map((value) => value / Math.sqrt(dot(x, x)));

/** Scores of the methods in double precision, computed without any code of the project. */
const SCORES: Readonly<Record<string, (x: Float64Array, model: Weights, bank: Float64Array[]) => number>> = {
  baseline: (x, model) => {
    const logits = logitsOf(model, x);
    const most = Math.max(...logits);
    return 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
  },
  energy: (x, model) => {
    const logits = logitsOf(model, x);
    const most = Math.max(...logits);
    return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
  },
  knn: (x, _model, bank) => {
    const h = unit(x);
    const distances = bank.map((one) => Math.sqrt(Math.max(0, 2 - 2 * dot(h, one))));
    return -(distances.sort((a, b) => a - b)[K - 1] ?? Number.NaN);
  },
};

/** Every 25th of a cell's test samples: what was computed, and what it should be. */
function samples({ id, ood, model, method, scores }: Cell, folder: string) {
  const archive = openNpz(readFileSync(join(folder, scores.file)), scores.file);
  const bank = pixels(id, 'train').map(unit);
  return (['id', 'ood'] as const).flatMap((side) => {
    const inputs = pixels(side === 'id' ? id : ood, 'test');
    const values = archive.read(`test_${side}`).data;
    const { data } = archive.read(`index_${side}`);
    return [...data.keys()]
      .filter((row) => row % 25 === 0)
      .map((row) => {
        const x = inputs[Number(data[row])] ?? new Float64Array();
        const expected = SCORES[method]?.(
          x,
          weights.get(model) ?? { weight: new Float32Array(), bias: new Float32Array() },
          bank,
        );
        return { found: Number(values[row]), expected: expected ?? Number.NaN };
      });
  });
}

function expectScores(cells: readonly Cell[], folder: string): void {
  expect(cells).toHaveLength(2 * 3 * 3);
  for (const cell of cells.filter(({ model }) => model !== 'lenet')) {
    const compared = samples(cell, folder);
    expect(compared.length).toBeGreaterThan(12);
    for (const { found, expected } of compared)
      expect(Math.abs(found - expected), cell.scores.file).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(expected)),
      );
  }
}

async function refused(text: string, ...flags: readonly string[]): Promise<string> {
  const file = at('refused.yaml');
  writeFileSync(file, text);
  const { code, stderr } = await oodCli(['plan', file, ...flags], env);
  expect(code).not.toBe(0);
  return stderr;
}

describe('a source of models in a file of the user', () => {
  it('scores two models of it beside one of safetensors, on two ID sets, as an independent computation does', async () => {
    const { results, folder, stderr } = await submit(GRID, '--model-source', SOURCE);
    expect(stderr).toContain('first.npz: a linear model of 10 classes');
    expectScores(results.cells, folder);
    // What lies before the logits are the pixels, whatever the linear model: only their neighbours are the same.
    const other = results.cells.filter(({ method, model }) => method !== 'knn' || model !== 'second');
    expect(new Set(other.map(({ scores }) => scores.id)).size).toBe(other.length);

    const alone = await submit(GRID.replace(/ {2}- \{ name: (first|second).*\n/g, ''), '--no-cache');
    const lenet = (cells: readonly Cell[]) =>
      cells.flatMap(({ model, scores }) => (model === 'lenet' ? [scores] : []));
    expect(lenet(results.cells)).toEqual(alone.results.cells.map(({ scores }) => scores));
  }, 240_000);

  it('shares no result with another version of it, and finds its own again', async () => {
    const mine = at('mine.mjs');
    copyFileSync(SOURCE, mine);
    const grid = GRID.replace(/ {2}- \{ name: (lenet|second).*\n/g, '').replace(
      / {2}- \{ id: .*\/b,.*\n/,
      '',
    );
    const digests: string[] = [];
    for (const factor of [1, 2, 1]) {
      const text = readFileSync(SOURCE, 'utf8');
      writeFileSync(
        mine,
        factor === 1 ? text : text.replace('false, true), bias)', 'false, true), ops.mul(bias, 2))'),
      );
      digests.push((await submit(grid, '--model-source', mine)).results.digest);
    }
    expect(digests[1]).not.toBe(digests[0]);
    expect(digests[2]).toBe(digests[0]);
  }, 240_000);
});

describe('a source of values that were computed elsewhere', () => {
  const VALUES = join(ROOT, 'packages/models/test/fixtures/values.mjs');
  /** Returns the logits and features of the linear model of that name on every split, in double precision. */
  function exportValues(model: string) {
    const own = weights.get(model);
    if (own === undefined) throw new Error(`no model ${model}`);
    mkdirSync(at(`values-${model}`));
    for (const [set, split] of [
      ['a', 'test'],
      ['a', 'train'],
      ['b', 'test'],
      ['b', 'train'],
      ['digits', 'test'],
    ] as const) {
      const h = pixels(set, split);
      const arrays = new Map([
        ['h', { shape: [h.length, PIXELS], data: Float32Array.from(h.flatMap((x) => [...x])) }],
        ['z', { shape: [h.length, CLASSES], data: Float32Array.from(h.flatMap((x) => logitsOf(own, x))) }],
      ]);
      writeFileSync(join(at(`values-${model}`), `${set}-${split}.npz`), writeNpz(arrays));
    }
  }
  const entry = (model: string) =>
    `  - { name: ${model}, source: values, folder: ./values-${model}, classes: ${CLASSES}, features: ${PIXELS} }\n`;
  const grid = GRID.replace(/ {2}- \{ name: first.*\n/, entry('first')).replace(
    / {2}- \{ name: second.*\n/,
    entry('second'),
  );

  it('scores two models of it beside one of safetensors, on two ID sets, as an independent computation does', async () => {
    for (const model of weights.keys()) exportValues(model);
    const { results, folder } = await submit(grid, '--model-source', VALUES);
    expectScores(results.cells, folder);
  }, 240_000);

  it('is refused where it has another number of samples, and where a method needs values of noise', async () => {
    const short = await refused(grid.replace('./values-second', './values-short'), '--model-source', VALUES);
    expect(short).toMatch(/values-short\/a-test\.npz: the values of model "second" could not be read/);
    const fssd = await refused(
      grid.replace('[baseline,', '[{ name: fssd, preprocessing: false },'),
      '--model-source',
      VALUES,
    );
    expect(fssd).toContain('models[0] (first) has no values of noise images, which methods[0] fssd needs');
    const test = join(at('values-second'), 'digits-test.npz');
    copyFileSync(join(at('values-second'), 'a-train.npz'), test);
    expect(await refused(grid, '--model-source', VALUES)).toContain(
      'model "second" has values of 300 samples of digits/test, which has 1200',
    );
  });
});

describe('what a source cannot do is refused before anything runs', () => {
  const withModel = (model: string) =>
    GRID.replace(/models:\n(?: {2}- .*\n)+pairs/, `models: [${model}]\npairs`);

  it('a method that needs gradients, with the row, the model and what to do', async () => {
    const stderr = await refused(GRID.replace('[baseline,', '[baseline, odin,'), '--model-source', SOURCE);
    expect(stderr).toContain('models[0] (first) has no gradient, which methods[1] odin needs; take');
  });

  it('a source that nobody named, and options that are another source’s', async () => {
    expect(await refused(GRID)).toContain(
      'models[0].source: unknown source of models "linear" (known: safetensors, features); a module of your own is named by --model-source',
    );
    const stderr = await refused(
      withModel(`{ name: m, source: linear, weights: ${LENET} }`),
      '--model-source',
      SOURCE,
    );
    expect(stderr).toContain('models[0].file: missing; expected the path of an .npz');
    expect(stderr).toContain('models[0].weights: unknown key "weights" (known: name, source, file, side)');
  });

  it('a source on a cluster, with the reason', async () => {
    const file = at('refused.yaml');
    writeFileSync(file, GRID);
    const args = ['submit', file, '--model-source', SOURCE, '--coordinator', '127.0.0.1:1'];
    const { code, stderr } = await oodCli(args, env);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toMatch(/--model-source .*linear\.mjs: a coordinator and its workers load no code/);
  });
});
