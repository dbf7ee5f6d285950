import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results, resultsSchema } from '@oodgrid/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOutcome, oodCli } from '../support/cli.js';
import { realSamples, transposed, withLabels, writeSamples, writeWeights } from '../support/odd-data.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());
const env = { OODGRID_CACHE: cache.cacheDir };
const folder = cache.folder;
const path = (name: string) => join(folder, name);

const FASHION = '{ mean: [0.286], std: [0.353] }';
const id = (dir: string, normalisation = FASHION) => `{ dir: ./${dir}, normalisation: ${normalisation} }`;
const grid = (
  models: readonly string[],
  pairs: readonly string[],
  methods = '[baseline]',
) => `protocol: fssd-paper
models:
${models.map((name) => `  - { name: ${name}, architecture: lenet, weights: ./${name}.safetensors }`).join('\n')}
pairs:
${pairs.map((pair) => `  - ${pair}`).join('\n')}
methods: ${methods}
options: { bootstrapReplicates: 100 }
`;

async function submit(name: string, text: string): Promise<CliOutcome> {
  writeFileSync(path(`${name}.yaml`), text);
  return oodCli(['submit', path(`${name}.yaml`), '--workers', '1', '--output', path(name)], env);
}

beforeAll(async () => {
  const clothes = await realSamples('fashion-mnist', 1600);
  const digits = await realSamples('mnist-10k', 1500);
  writeSamples(path('clothes'), clothes);
  writeSamples(path('digits'), digits);
  writeSamples(path('transposed'), transposed(clothes));
  const nine = withLabels(clothes, (label) => label < 9);
  writeSamples(path('from-one'), { ...nine, labels: nine.labels.map((label) => label + 1) });
  writeSamples(path('badly-normalised'), clothes);
  writeSamples(path('ten'), { ...clothes, labels: clothes.labels.map((label) => label + 1) });
  const mixed = { ...digits, images: digits.images.slice() };
  mixed.images.set(clothes.images.subarray(0, 100 * 784), 200 * 784);
  writeSamples(path('mixed'), mixed);
  writeSamples(
    path('one-more'),
    withLabels(
      { images: clothes.images.slice(0, 1001 * 784), labels: clothes.labels.slice(0, 1001) },
      () => true,
    ),
  );
  writeWeights(path('mine.safetensors'), (_, data) => data);
  // Class c becomes class c + 1.
  writeWeights(path('permuted.safetensors'), (name, data) => {
    if (!name.startsWith('fc2')) return data;
    const size = data.length / 10;
    return data.map((_, i) => data[(i + data.length - size) % data.length] ?? 0);
  });
  writeWeights(path('loud.safetensors'), (name, data) =>
    name.startsWith('conv1') ? data.map((value) => value * 1e25) : data,
  );
});

describe('a table that means nothing says so', () => {
  let outcome: CliOutcome;
  let results: Results;
  const warningsOf = (model: string, set: string) =>
    results.warnings.filter(({ place }) => place.model === model && place.id === set);

  beforeAll(async () => {
    const pairs = [
      `{ id: ${id('clothes')}, ood: { dir: ./digits } }`,
      `{ id: ${id('transposed')}, ood: { dir: ./digits } }`,
      `{ id: ${id('from-one')}, ood: { dir: ./digits } }`,
      `{ id: ${id('badly-normalised', '{ mean: [1], std: [3] }')}, ood: { dir: ./digits } }`,
      `{ id: ${id('clothes')}, ood: { dir: ./mixed } }`,
    ];
    outcome = await submit('odd', grid(['mine', 'permuted'], pairs));
    results = resultsSchema.parse(JSON.parse(readFileSync(join(path('odd'), 'results.json'), 'utf8')));
  }, 120_000);

  it('is computed all the same, with the accuracy of every model on every ID set', () => {
    expect(outcome.code).toBe(0);
    expect(results.accuracies).toHaveLength(2 * 4);
    expect(results.accuracies[0]).toMatchObject({
      model: 'mine',
      id: 'clothes',
      samples: 1600,
      cardAccuracy: 0.9251,
    });
    expect(results.accuracies[0]?.accuracy.value).toBeGreaterThan(0.91);
  });

  it('nothing is said of what is right', () => {
    expect(warningsOf('mine', 'clothes')).toEqual([]);
  });

  it('weights whose classes are permuted', () => {
    const [warning] = warningsOf('permuted', 'clothes');
    expect(warning).toMatchObject({ code: 'accuracy-at-chance', severity: 'serious' });
    expect(warning?.message).toMatch(
      /classes are in another order .*predicts 0 for label 9.*put in order, 9\d/,
    );
  });

  it('labels that start at 1', () => {
    const [warning] = warningsOf('mine', 'from-one');
    expect(warning?.code).toBe('accuracy-at-chance');
    expect(warning?.message).toMatch(/The labels start at 1: counted from 0, 9\d\.\d\d % are correct/);
  });

  it('images that are transposed', () => {
    expect(warningsOf('mine', 'transposed')).toMatchObject([{ code: 'accuracy-below-card' }]);
  });

  it('a wrong normalisation: from the data, before anything runs, and from the accuracy', () => {
    expect(warningsOf('mine', 'badly-normalised')).toMatchObject([
      { code: expect.stringMatching(/^accuracy-/) },
    ]);
    expect(results.warnings).toContainEqual(
      expect.objectContaining({ code: 'normalisation-far-off', place: { id: 'badly-normalised' } }),
    );
    // The very first thing that is said.
    expect(outcome.stderr).toMatch(
      /^warning: the normalisation of "badly-normalised" is mean \[1\], std \[3\], but its test images have mean \[0\.28\d\]/,
    );
  });

  it('ID images among the OOD ones', () => {
    expect(results.warnings).toContainEqual(
      expect.objectContaining({
        code: 'id-in-ood',
        count: 100,
        example: [0, 200],
        place: { id: 'clothes', ood: 'mixed', split: 'test' },
      }),
    );
  });

  it('stands in every file and below the table', () => {
    for (const name of ['table.md', 'table.tex', 'report.html', 'results.csv'])
      expect(readFileSync(join(path('odd'), name), 'utf8')).toContain('accuracy-at-chance');
    expect(outcome.stdout).toMatch(/! accuracy-at-chance: model "permuted"/);
    expect(outcome.stdout).toMatch(/mine on transposed +\d+\.\d\d % \(.*\), card 92\.51 % !/);
  });
});

describe('logits so large that softmax is 1 throughout, and a test split of one sample', () => {
  it('are warned of', async () => {
    const pairs = [
      `{ id: ${id('one-more')}, ood: { dir: ./digits } }`,
      `{ id: ${id('clothes')}, ood: { dir: ./digits } }`,
    ];
    const { code, stdout } = await submit('loud', grid(['loud'], pairs));
    expect(code).toBe(0);
    expect(stdout).toContain(
      '! constant-scores: Baseline (MSP) gives every test sample of clothes vs digits the same score',
    );
    expect(stdout).toContain(
      '! few-test-samples: only 1 test sample of "one-more" and 1 test sample of "digits"',
    );
  });
});

describe('what cannot be meant is refused before anything runs', () => {
  const pair = (side: string) => [`{ id: ${side}, ood: { dir: ./digits } }`];

  it('labels that are no classes', async () => {
    const { code, stderr } = await submit('labels', grid(['mine'], pair(id('ten'))));
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toMatch(
      /the test set of "ten" has label 10 at index \d+, but model "mine" has classes 0 to 9: the labels start at 1/,
    );
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
  });

  it('a normalisation of three channels for grey images', async () => {
    const three = '{ mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] }';
    const { code, stderr } = await submit('channels', grid(['mine'], pair(id('clothes', three))));
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(stderr).toContain(
      'pairs[0].id.normalisation.mean has 3 numbers, but the images of "clothes" have 1 channel',
    );
  });
});

describe('features that overflow', () => {
  it.each([
    [
      'fssd',
      '[{ name: fssd, preprocessing: false, noise: { seed: 1 } }]',
      /method "fssd" gives Infinity for sample \d+ of clothes\/test with model "loud"/,
    ],
    [
      'odin',
      '[odin]',
      /model "huge": layer\d gives (-?Infinity|NaN) for sample \d+ of (clothes|digits)\/test/,
    ],
  ])('%s: exit code 4, and model, layer and sample are named', async (name, methods, message) => {
    writeWeights(path('huge.safetensors'), (tensor, data) =>
      tensor === 'conv1.weight'
        ? data.map((value) => value * 1e25)
        : tensor === 'conv2.weight'
          ? data.map((value) => value * 1e14)
          : data,
    );
    const model = name === 'odin' ? 'huge' : 'loud';
    const { code, stderr } = await submit(
      name,
      grid([model], [`{ id: ${id('clothes')}, ood: { dir: ./digits } }`], methods),
    );
    expect(code).toBe(EXIT_CODES['not-finite']);
    expect(stderr).toMatch(message);
  });
});
