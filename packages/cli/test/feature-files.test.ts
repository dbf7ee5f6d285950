import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFeatureFiles } from '../src/features/feature-files.js';
import { findModelFolders } from '../src/features/model-folders.js';

let folder: string;
const write = (...names: readonly string[]) => {
  for (const name of names) writeFileSync(join(folder, name), '');
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-features-'));
  write('id_test.npz', 'ood_far.npz', 'notes.txt');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('files of features are found by what they are called', async () => {
  write('id_train.pt', 'head.safetensors', `ood_${'a'.repeat(60)}.npy`);
  expect(await findFeatureFiles(folder)).toEqual({
    id: new Map([['id', { test: join(folder, 'id_test.npz'), train: join(folder, 'id_train.pt') }]]),
    head: join(folder, 'head.safetensors'),
    ood: new Map([
      ['a'.repeat(60), join(folder, `ood_${'a'.repeat(60)}.npy`)],
      ['far', join(folder, 'ood_far.npz')],
    ]),
    ignored: ['notes.txt'],
  });
});

const folders = (...names: readonly string[]) => {
  for (const name of names) mkdirSync(join(folder, name));
};

it('a set may be a folder with a file for each array, and there may be several ID sets', async () => {
  folders('ood_near', 'head');
  write('ood_near/features.npy', 'ood_near/logits.npy', 'head/weight.npy', 'head/bias.npy');
  write('id_cifar_10_test.parquet', 'id_cifar_10_train.parquet', 'id_train_test.npz');
  const { id, ood, head } = await findFeatureFiles(folder);
  const at = (name: string) => join(folder, name);
  expect(head).toEqual({ bias: at('head/bias.npy'), weight: at('head/weight.npy') });
  expect(ood.get('near')).toEqual({
    features: at('ood_near/features.npy'),
    logits: at('ood_near/logits.npy'),
  });
  expect([...id.keys()].sort()).toEqual(['cifar_10', 'id', 'train']);
  expect(id.get('cifar_10')).toEqual({
    test: at('id_cifar_10_test.parquet'),
    train: at('id_cifar_10_train.parquet'),
  });
});

it('a train set without its test set, an ID set called as an OOD set, and a folder of something else are refused', async () => {
  write('id_cifar_train.npz');
  await expect(findFeatureFiles(folder)).rejects.toThrow(/has no id_cifar_test file/);
  write('id_cifar_test.npz', 'ood_cifar.npz');
  await expect(findFeatureFiles(folder)).rejects.toThrow(/cifar is the name of an ID and of an OOD set/);
  folders('ood_new');
  write('ood_new/notes.txt');
  await expect(findFeatureFiles(folder)).rejects.toThrow(
    /expected a file for each array, .*notes\.txt is none/,
  );
});

it('models are sub-folders with the same sets each', async () => {
  const root = join(folder, 'models');
  folders('models', 'models/one', 'models/two', 'models/pictures');
  for (const model of ['one', 'two']) write(`models/${model}/id_test.npz`, `models/${model}/ood_far.npy`);
  write('models/two/readme.md');
  const { models, ignored } = await findModelFolders(root);
  expect([...models.keys()]).toEqual(['one', 'two']);
  expect(ignored).toEqual(['pictures', 'two/readme.md']);

  write('models/two/ood_near.npz');
  await expect(findModelFolders(root)).rejects.toThrow(
    /two has a set that one lacks \(OOD near\); every model needs the same/,
  );
  write('models/ood_far.npz');
  await expect(findModelFolders(root)).rejects.toThrow(/ood_far\.npz and the folder one both have features/);
});

it.each([
  'ood_far 2.npz',
  'ood_数字.npz',
  'ood_id.npz',
  'id_id_test.npz',
  'id_val.npz',
  'ood_near.csv',
  'OOD_far.npz',
  'id_test.csv',
  `ood_${'a'.repeat(61)}.npz`,
])('a folder with %s is refused: its table would look whole without it', async (name) => {
  write(name);
  await expect(findFeatureFiles(folder)).rejects.toEqual(
    expect.objectContaining({
      code: 'invalid-input',
      message: expect.stringContaining(`${name} is not read under that name`),
    }),
  );
});
