import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsSchema } from '@oodgrid/contract';
import { type NpyArray, writeNpy, writeNpz } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { lenetTaps, NORMALISATION } from '../support/lenet-taps.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const MODELS = join(ROOT, 'models');
const at = (...names: readonly string[]) => join(cache.folder, ...names);

const SPLITS = [
  ['clothes', 'test', 'fashion-mnist', 1200],
  ['clothes', 'train', 'fashion-mnist', 500],
  ['digits', 'test', 'mnist-10k', 1200],
] as const;

/** LeNet's taps of every split, by file name. */
const exported = new Map<string, ReadonlyMap<string, NpyArray>>();
const arraysOf = (name: string): ReadonlyMap<string, NpyArray> => exported.get(name) ?? new Map();

beforeAll(async () => {
  for (const [set, split, name, count] of SPLITS) {
    await writeSubset(at(set), name, split, 0, count);
    const { arrays, head } = await lenetTaps(MODELS, at(set, `${split}.npz`));
    exported.set(`${set}-${split}`, arrays).set('head', head);
  }
  for (const [name, arrays] of exported) writeFileSync(at(`${name}.npz`), writeNpz(arrays));
});

const IMAGES = `  - id: { dir: ./clothes, normalisation: { mean: [${NORMALISATION.mean}], std: [${NORMALISATION.std}] } }
    ood: { dir: ./digits }
`;
const NO_IMAGES = `  - id: { name: clothes, images: none }
    ood: { name: digits, images: none }
`;
const NETWORK = `  - { name: lenet, architecture: lenet, weights: ${join(MODELS, 'lenet-fmnist.safetensors')} }\n`;
const FEATURES = `  - name: lenet
    source: features
    head: ./head.npz
    splits:
      clothes: { test: ./clothes-test.npz, train: ./clothes-train.npz }
      digits: { test: ./digits-test.npz }
`;
const grid = (
  models: string,
  pairs: string,
  methods = 'baseline, energy, { name: knn, k: [5] }, { name: vim, dims: [64] }',
) =>
  `name: features
protocol: fssd-paper
models:
${models}pairs:
${pairs}methods: [${methods}]
outputs: { formats: [] }
options: { bootstrapReplicates: 100, workers: 1 }
`;

let runs = 0;
async function submit(text: string) {
  const file = at(`grid-${++runs}.yaml`);
  writeFileSync(file, text);
  const { code, stdout, stderr } = await oodCli(
    ['submit', file, '--json', '--output', at(`run-${runs}`)],
    env,
  );
  if (code !== 0) throw new Error(stderr);
  return { results: resultsSchema.parse(JSON.parse(stdout)), stderr };
}

async function refused(text: string): Promise<string> {
  const file = at('refused.yaml');
  writeFileSync(file, text);
  const { code, stderr } = await oodCli(['plan', file], env);
  expect(code).not.toBe(0);
  return stderr;
}

/** A grid of features of which one file is another. */
function withFile(name: string, change: (arrays: Map<string, NpyArray>) => void): string {
  const arrays = new Map(arraysOf(name));
  change(arrays);
  writeFileSync(at(`changed-${name}.npz`), writeNpz(arrays));
  return grid(FEATURES.replace(`./${name}.npz`, `./changed-${name}.npz`), NO_IMAGES);
}

describe('features that were exported', () => {
  it('score as the network does that gave them, bit for bit, with images and without', async () => {
    const network = NETWORK.replace('name: lenet', 'name: network');
    const both = await submit(grid(network + FEATURES, IMAGES));
    const alone = await submit(grid(FEATURES, NO_IMAGES));
    const scores = ({ results }: typeof both, model: string) =>
      results.cells.flatMap((cell) => (cell.model === model ? [[cell.method, cell.scores.id]] : []));
    expect(scores(both, 'network')).toHaveLength(4);
    expect(scores(both, 'lenet')).toEqual(scores(both, 'network'));
    expect(scores(alone, 'lenet')).toEqual(scores(both, 'network'));
    const correct = [...both.results.accuracies, ...alone.results.accuracies].map((one) => one.correct);
    expect(correct).toEqual(new Array(3).fill(correct[0]));
    expect(alone.stderr).not.toContain('warning');
  }, 120_000);

  it('may lie in a file for each array, and come without logits, which the head makes', async () => {
    mkdirSync(at('arrays'));
    for (const [name, arrays] of exported)
      for (const [key, array] of arrays) writeFileSync(at('arrays', `${name}-${key}.npy`), writeNpy(array));
    const place = (name: string) =>
      `{ features: ./arrays/${name}-features.npy, labels: ./arrays/${name}-labels.npy }`;
    const models = FEATURES.replace('./clothes-test.npz', place('clothes-test'))
      .replace('./clothes-train.npz', place('clothes-train'))
      .replace('./digits-test.npz', place('digits-test'));
    const { results } = await submit(grid(models, NO_IMAGES, 'baseline'));
    expect(results.cells).toHaveLength(1);
    expect(results.accuracies[0]?.accuracy.value).toBeGreaterThan(0.85);
  }, 60_000);

  it('a method that needs gradients is refused, with the reason', async () => {
    expect(await refused(grid(FEATURES, NO_IMAGES, 'baseline, odin'))).toContain(
      'models[0] (lenet) has no gradient, which methods[1] odin needs',
    );
  });

  it('a set without images beside a network that takes some', async () => {
    expect(await refused(grid(NETWORK, NO_IMAGES, 'baseline'))).toContain(
      'data set "clothes" has no images (images: none), but model "lenet" takes images',
    );
  });

  it('logits of another network are a serious warning of the results, with the largest difference', async () => {
    const text = withFile('digits-test', (arrays) => {
      const logits = arrays.get('logits');
      if (logits === undefined) throw new Error('no logits');
      arrays.set('logits', {
        ...logits,
        data: Float32Array.from(logits.data, (value: number | bigint) => Number(value) + 5),
      });
    });
    const { results, stderr } = await submit(text);
    const message =
      /digits\/test of model "lenet": logits are not features x weight \+ bias: they differ by up to 5\.00/;
    expect(stderr).toMatch(message);
    expect(results.warnings).toContainEqual(
      expect.objectContaining({
        code: 'values-inconsistent',
        severity: 'serious',
        message: expect.stringMatching(message),
      }),
    );
  }, 60_000);

  it('labels: out of range, missing where a fit needs them, and of other samples than another model’s', async () => {
    const relabel = (arrays: Map<string, NpyArray>, change: (label: number) => number) => {
      const labels = arrays.get('labels');
      if (labels === undefined) throw new Error('no labels');
      arrays.set('labels', {
        ...labels,
        data: Int32Array.from(labels.data, (one: number | bigint) => change(Number(one))),
      });
    };
    const fromOne = withFile('clothes-test', (arrays) => relabel(arrays, (label) => label + 1));
    expect(await refused(fromOne)).toMatch(/but model "lenet" has classes 0 to 9: the labels start at 1/);

    const second = FEATURES.replace('name: lenet', 'name: second').replace(
      './clothes-test.npz',
      './changed-clothes-test.npz',
    );
    withFile('clothes-test', (arrays) => relabel(arrays, (label) => (label === 3 ? 4 : label)));
    expect(await refused(grid(FEATURES + second, NO_IMAGES))).toMatch(
      /clothes\/test: the labels of model "second" are not those of model "lenet": sample \d+ has 4, there 3/,
    );
  });

  it('two models of other numbers of samples', async () => {
    const second = FEATURES.replace('name: lenet', 'name: second').replace(
      './digits-test.npz',
      './clothes-train.npz',
    );
    expect(await refused(grid(FEATURES + second, NO_IMAGES))).toContain(
      'digits/test: model "second" has values of 500 samples, model "lenet" of 1200',
    );
  });
});
