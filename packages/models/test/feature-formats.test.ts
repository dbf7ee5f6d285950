import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { resolveModel } from '../src/resolve-model.js';
import { features } from '../src/sources/features.js';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'fixtures', 'features');
const read = async (name: string) => ({ path: name, bytes: await readFile(join(FOLDER, name)) });

/** What a run gets of values: its facts, and the bytes that its cache keys are made of. */
async function valuesOf(test: unknown) {
  const options = { head: 'head.npz', splits: { id: { test } } };
  const { facts, files, splitFiles } = await resolveModel(features, options, { name: 'mine', read });
  return { facts, files, split: await splitFiles?.('id', 'test') };
}

const ARRAYS = { features: 'features.npy', logits: 'logits.npy', labels: 'labels.npy', block: 'block.npy' };
const FORMS = {
  safetensors: 'split.safetensors',
  'npy, a file for each array': ARRAYS,
  'torch.save': 'split.pt',
  'torch.save of the old form': 'legacy.pt',
  'parquet, lists of any length': 'lists.parquet',
  'parquet, packed by zstd and without a dictionary': 'zstd.parquet',
  'parquet, lists of one size, halves and doubles': 'fixed-size-lists.parquet',
  float16: 'float16.npz',
  float64: 'float64.npz',
  'big-endian': 'big-endian.npz',
  'Fortran order': 'fortran.npz',
};

describe('the same values', () => {
  it('are known in npz', async () => {
    const { facts, split } = await valuesOf('split.npz');
    expect(facts).toMatchObject({ classes: 3, features: 5, layers: ['block', 'features', 'logits'] });
    expect(split).toMatchObject({ count: 9, doubts: [] });
  });

  it.each(Object.entries(FORMS))('as %s are the same model and the same bytes', async (_form, test) => {
    expect(await valuesOf(test)).toEqual(await valuesOf('split.npz'));
  });
});

it.each([
  ['objects.npz', /objects\.npz: member "features\.npy": an array of type object: it holds Python objects/],
  ['ragged.parquet', /column "features": row 8 is a list of 1, row 0 one of 2; every row needs as many/],
  ['null.parquet', /column "features": row 0 holds null; .*none may be null/],
  ['text.parquet', /column "features" is string, no numbers of a type that is read; save it as float32/],
  ['tensors.parquet', /may be tensors of a fixed shape, .*save lists of lists, or npz or safetensors/],
])('%s is refused with its place and what to do', async (test, message) => {
  await expect(valuesOf(test)).rejects.toThrow(message);
});
