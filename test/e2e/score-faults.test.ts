import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Results, resultsSchema } from '@oodgrid/contract';
import type { NpyArray } from '@oodgrid/formats';
import { describe, expect, it } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { type Arrays, exportedSet, HEAD, writeExported } from '../support/exported-folder.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
const env = { OODGRID_CACHE: cache.cacheDir };
const FIXTURES = join(ROOT, 'packages', 'models', 'test', 'fixtures', 'features');

const FILES = {
  id_train: exportedSet(1, 400, true),
  id_test: exportedSet(2, 300, true),
  ood_near: exportedSet(3, 200, false),
  ood_far: exportedSet(4, 250, false),
  head: HEAD,
};
const { id_train: TRAIN, id_test: TEST, ood_far: FAR } = FILES;

let folders = 0;
const folderOf = (changed: Readonly<Record<string, Arrays>>): string =>
  writeExported(join(cache.folder, `${++folders}`, 'net'), { ...FILES, ...changed });

const score = (folder: string) =>
  oodCli(['score', folder, '--json', '--workers', '1', '--output', `${folder}-out`], env, cache.folder);

/** Results of a folder that is scored in spite of what is odd about it. */
async function scored(folder: string): Promise<Results & { readonly stderr: string }> {
  const { code, stdout, stderr } = await score(folder);
  expect(code, stderr).toBe(0);
  return { ...resultsSchema.parse(JSON.parse(stdout)), stderr };
}

/** What is said about the data, and not about the scores of a method. */
const serious = ({ warnings }: Results) =>
  warnings.flatMap(({ code, severity, place }) =>
    severity === 'serious' && place.method === undefined ? [code] : [],
  );

/** Rows in the opposite order. */
function reversed({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}) {
  const width = data.length / (shape[0] ?? 1);
  return {
    shape,
    data: data.map(
      (_, i) => data[data.length - width * (Math.floor(i / width) + 1) + (i % width)] ?? Number.NaN,
    ),
  };
}

const changedAt = ({ shape, data }: typeof TEST.features, index: number, value: number): NpyArray => ({
  shape,
  data: data.map((one, i) => (i === index ? value : one)),
});
const relabelled = (set: typeof TEST, change: (label: number) => number): Arrays => ({
  ...set,
  labels: { shape: set.labels.shape, data: set.labels.data.map(change) },
});
const first = (
  array: { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array },
  n: number,
) => ({
  shape: [n, ...array.shape.slice(1)],
  data: array.data.slice(0, (n * array.data.length) / (array.shape[0] ?? 1)),
});
/** Of every row of 4 logits. */
const softmax = ({ shape, data }: typeof TEST.logits): NpyArray => ({
  shape,
  data: data.map((value, i) => {
    const row = data.subarray(i - (i % 4), i - (i % 4) + 4);
    return Math.exp(value) / row.reduce((sum, one) => sum + Math.exp(one), 0);
  }),
});

const REFUSED: readonly [string, Readonly<Record<string, Arrays>>, number, RegExp][] = [
  [
    'arrays of different lengths',
    { id_test: { ...TEST, logits: first(TEST.logits, 299) } },
    4,
    /id_test\.npz: "logits" is \[299, 4\], expected .* with the n of "features", 300/,
  ],
  [
    'fewer labels than samples',
    { id_test: { ...TEST, labels: first(TEST.labels, 299) } },
    4,
    /id_test\.npz: "labels" is \[299\], expected \[300\]/,
  ],
  [
    'labels as one-hot rows',
    { id_test: { ...TEST, labels: { shape: [300, 4], data: new Int32Array(1200) } } },
    4,
    /id_test\.npz: "labels" is \[300, 4\], expected \[300\]: save class numbers, labels\.argmax\(1\)/,
  ],
  [
    'NaN in a feature',
    { ood_far: { ...FAR, features: changedAt(FAR.features, 8 * 7 + 3, Number.NaN) } },
    4,
    /ood_far\.npz: "features" holds NaN in row 7/,
  ],
  [
    'an infinite logit of the train set',
    { id_train: { ...TRAIN, logits: changedAt(TRAIN.logits, 4 * 9, Number.NEGATIVE_INFINITY) } },
    4,
    /id_train\.npz: "logits" holds -Infinity in row 9/,
  ],
  [
    'labels that start at 1',
    { id_test: relabelled(TEST, (label) => label + 1) },
    2,
    /the test set of "id" has label 4 at index 3, but model "net" has classes 0 to 3: the labels start at 1; subtract 1/,
  ],
  [
    'a label of the train set that is no class',
    { id_train: relabelled(TRAIN, (label) => (label === 2 ? 9 : label)) },
    2,
    /the train set of "id" has label 9 at index 2, but model "net" has classes 0 to 3/,
  ],
  [
    'the weight transposed',
    { head: { ...HEAD, weight: { shape: [8, 4], data: HEAD.weight.data } } },
    4,
    /head\.npz: "weight" is \[8, 4\] and "bias" \[4\], .*; it looks transposed: save weight\.T/,
  ],
  [
    'a head without a bias',
    { head: { weight: HEAD.weight } },
    4,
    /head\.npz: expected "weight" .* found "weight" float32 \[4, 8\]; a layer without a bias has one of zeros/,
  ],
  [
    'features of another network in one file',
    {
      ood_far: {
        ...FAR,
        features: { shape: [400, 5], data: FAR.features.data },
        logits: { shape: [400, 4], data: new Float32Array(1600) },
        labels: { shape: [400], data: new Int32Array(400) },
      },
    },
    4,
    /ood_far\.npz has "features" \[n, 5\], .* but .*id_test\.npz of the same model has "features" \[n, 8\]/,
  ],
  [
    'no samples',
    { ood_far: { features: first(FAR.features, 0), logits: first(FAR.logits, 0) } },
    4,
    /ood_far\.npz: "features" is \[0, 8\]/,
  ],
];

describe('a folder of features with a fault', () => {
  it.each(REFUSED)('%s: is refused, with file and place', async (_title, changed, status, message) => {
    const { code, stdout } = await score(folderOf(changed));
    const { error } = JSON.parse(stdout);
    expect(error.message).toMatch(message);
    expect(code).toBe(status);
  });

  it('a file that was cut off, and one of Python objects', async () => {
    const cut = folderOf({});
    const whole = readFileSync(join(cut, 'ood_far.npz'));
    writeFileSync(join(cut, 'ood_far.npz'), whole.subarray(0, whole.length / 2));
    expect(await score(cut)).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/ood_far\.npz: not a readable npz archive: .*truncated/),
    });
    const objects = folderOf({});
    copyFileSync(join(FIXTURES, 'objects.npz'), join(objects, 'ood_far.npz'));
    expect(await score(objects)).toMatchObject({
      code: 4,
      stdout: expect.stringMatching(/ood_far\.npz: member .*features\.npy.*: an array of type object/),
    });
  });

  it('a class that the train set lacks: what is fitted on every class is left out, and that is said', async () => {
    const results = await scored(
      folderOf({ id_train: relabelled(TRAIN, (label) => (label === 2 ? 1 : label)) }),
    );
    expect(results.stderr).toMatch(
      /left out: relative-mahalanobis: it is fitted on samples of every class, id_train has none of class 2/,
    );
    const methods = results.cells.map(({ method }) => method);
    expect(methods).toContain('knn');
    expect(methods).not.toContain('relative-mahalanobis');
  }, 60_000);
});

describe('a folder of features that do not belong together', () => {
  it('has nothing serious to say where all is well', async () => {
    const results = await scored(folderOf({}));
    expect(serious(results)).toEqual([]);
    expect(results.accuracies[0]?.accuracy.value).toBe(1);
  }, 60_000);

  it('logits in another order than features and labels: the largest difference, and an accuracy of chance', async () => {
    const results = await scored(folderOf({ id_test: { ...TEST, logits: reversed(TEST.logits) } }));
    expect(serious(results)).toEqual(['accuracy-at-chance', 'values-inconsistent']);
    expect(results.stderr).toMatch(
      /warning: id\/test of model "net": logits are not features x weight \+ bias: they differ by up to \d.*samples in one order\?/,
    );
  }, 60_000);

  it('labels in another order: an accuracy of chance, with what it would be', async () => {
    const results = await scored(folderOf({ id_test: { ...TEST, labels: reversed(TEST.labels) } }));
    expect(serious(results)).toEqual(['accuracy-at-chance']);
    expect(results.warnings.find(({ code }) => code === 'accuracy-at-chance')?.message).toMatch(
      /classifies 0\.00 % of the 300 test samples of "id" correctly: no better than guessing \(25\.00 %\)/,
    );
  }, 60_000);

  it('the train set given as the test set, and the ID set as an OOD set', async () => {
    const results = await scored(
      folderOf({
        id_train: TEST,
        ood_far: { ...TEST, labels: { shape: [300], data: new Int32Array(300).fill(-1) } },
      }),
    );
    expect(serious(results)).toEqual(['train-in-test', 'id-in-ood', 'id-in-ood']);
    expect(results.warnings).toContainEqual(
      expect.objectContaining({
        code: 'id-in-ood',
        count: 300,
        place: { id: 'id', ood: 'far', model: 'net', split: 'test' },
        message: expect.stringMatching(
          /^300 of the 300 OOD test samples of "far" \(100\.0 %\) are test samples of the ID set "id" by the values of model "net"/,
        ),
      }),
    );
    expect(results.stderr).toMatch(/warning: 300 of the 300 test samples of "id" .* are in its train set/);
  }, 60_000);

  it('probabilities in the place of logits', async () => {
    const { head: _head, ...files } = FILES;
    const without = writeExported(join(cache.folder, 'softmax', 'net'), {
      ...files,
      id_test: { ...TEST, logits: softmax(TEST.logits) },
    });
    const results = await scored(without);
    expect(serious(results)).toEqual(['values-inconsistent']);
    expect(results.stderr).toContain(
      'id/test of model "net": logits are probabilities (they add up to 1 in every sample): save what the last layer gives, before the softmax',
    );
  }, 60_000);
});

it('the same features score the same in every format, width and byte order', async () => {
  const all = join(cache.folder, 'formats');
  const forms = [
    'split.npz',
    'fortran.npz',
    'big-endian.npz',
    'float16.npz',
    'float64.npz',
    'split.safetensors',
    'split.pt',
    'lists.parquet',
  ];
  for (const form of forms) {
    const folder = join(all, form.replace('.', '-'));
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(FIXTURES, 'head.npz'), join(folder, 'head.npz'));
    for (const set of ['id_train', 'id_test', 'ood_same'])
      copyFileSync(join(FIXTURES, form), join(folder, `${set}${extname(form)}`));
  }
  expect(readdirSync(all)).toHaveLength(forms.length);
  const { cells } = await scored(all);
  const hashes = new Map<string, Set<string>>();
  for (const { method, scores } of cells)
    hashes.set(method, (hashes.get(method) ?? new Set()).add(scores.id));
  expect(cells).toHaveLength(hashes.size * forms.length);
  expect([...hashes.values()].map(({ size }) => size)).toEqual(new Array(hashes.size).fill(1));
}, 120_000);
