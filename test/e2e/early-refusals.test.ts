import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { writeNpz } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const env = { OODGRID_CACHE: cacheDir };

/** Black images, the train set of nine classes alone. */
beforeAll(() => {
  const arrays = (count: number, classes: number) =>
    writeNpz(
      new Map([
        ['images', { shape: [count, 28, 28], data: new Uint8Array(count * 784) }],
        ['labels', { shape: [count], data: Uint8Array.from({ length: count }, (_, i) => i % classes) }],
      ]),
    );
  for (const set of ['id', 'ood']) mkdirSync(join(folder, set));
  writeFileSync(join(folder, 'id', 'test.npz'), arrays(1001, 10));
  writeFileSync(join(folder, 'id', 'train.npz'), arrays(90, 9));
  writeFileSync(join(folder, 'ood', 'test.npz'), arrays(1001, 10));
  writeFileSync(
    join(folder, 'grid.yaml'),
    `protocol: fssd-paper
models: [lenet-fmnist]
pairs: [{ id: { dir: ./id, normalisation: { mean: [0.5], std: [0.5] } }, ood: { dir: ./ood } }]
methods: [baseline]
`,
  );
});

describe('what is known before anything runs is refused then, with the entry, the model and the way out', () => {
  it.each<[what: string, entry: string, message: RegExp]>([
    [
      'dims of vim beyond the features',
      '{ name: vim, dims: [64, 128] }',
      /methods\[1\] vim with models\[0\] \(lenet-fmnist\): "dims" has 128, but the model has 128 features.*give dims below 128/,
    ],
    [
      'more neighbours than train samples',
      '{ name: knn, as: near, k: [50, 100] }',
      /near needs 100 samples to fit on; the train set of "id" has 90: give a larger one, or options that need fewer/,
    ],
    [
      'a class without a train sample',
      'mahalanobis',
      /methods\[1\] mahalanobis needs a train sample of every class, but the train set of "id" has none of class 9, of 10 that model "lenet-fmnist" has/,
    ],
  ])('%s', async (_what, entry, message) => {
    const args = ['plan', join(folder, 'grid.yaml'), '--set', `methods.1=${entry}`];
    const { code, stderr } = await oodCli(args, env);
    expect([code, stderr]).toEqual([EXIT_CODES['invalid-input'], expect.stringMatching(message)]);
  });
});
