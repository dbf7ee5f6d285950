import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFeatureFiles } from '../src/features/feature-files.js';

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
    train: join(folder, 'id_train.pt'),
    test: join(folder, 'id_test.npz'),
    head: join(folder, 'head.safetensors'),
    ood: new Map([
      ['a'.repeat(60), join(folder, `ood_${'a'.repeat(60)}.npy`)],
      ['far', join(folder, 'ood_far.npz')],
    ]),
    ignored: ['notes.txt'],
  });
});

it.each([
  'ood_far 2.npz',
  'ood_数字.npz',
  'ood_id.npz',
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
