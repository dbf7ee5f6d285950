import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grid } from '@oodgrid/grid';
import { afterAll, expect, it } from 'vitest';
import { referredDatasets } from '../src/grid/data-set-references.js';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'oodgrid-test-')));
mkdirSync(join(base, 'x'));
mkdirSync(join(base, 'sub', 'x'), { recursive: true });
symlinkSync(join(base, 'x'), join(base, 'link'));
afterAll(() => rmSync(base, { recursive: true }));

const normalisation = { mean: [0.5], std: [0.5] };
const refer = (...pairs: Grid['pairs']) => referredDatasets({ pairs }, base);

it.each(['x', './x', 'x/', 'sub/../x', join(base, 'x')])(
  'a folder written %s is the data set that it is on the other side of another pair',
  async (dir) => {
    const { datasets, pairs } = await refer(
      { id: { dir: 'x', normalisation }, ood: 'mnist' },
      { id: 'fashion-mnist', ood: { dir } },
    );
    expect(datasets).toEqual([
      { name: 'x', reference: { dir: join(base, 'x'), normalisation }, isId: true },
      { name: 'mnist', reference: 'mnist', isId: false },
      { name: 'fashion-mnist', reference: 'fashion-mnist', isId: true },
    ]);
    expect(pairs).toEqual([
      { id: 'x', ood: 'mnist' },
      { id: 'fashion-mnist', ood: 'x' },
    ]);
  },
);

it('the normalisation is found where the ID side comes last, and a link leads to its folder', async () => {
  const { datasets } = await refer(
    { id: 'fashion-mnist', ood: { name: 'mine', dir: 'link' } },
    { id: { name: 'mine', dir: './x', normalisation }, ood: 'mnist' },
  );
  expect(datasets[1]).toEqual({
    name: 'mine',
    reference: { name: 'mine', dir: join(base, 'x'), normalisation },
    isId: true,
  });
});

it('a folder is named after itself, also where the grid says only "."', async () => {
  const { pairs } = await referredDatasets(
    { pairs: [{ id: { dir: '.', normalisation }, ood: 'mnist' }] },
    join(base, 'sub', 'x'),
  );
  expect(pairs).toEqual([{ id: 'x', ood: 'mnist' }]);
});

it.each<[string, RegExp, ...Grid['pairs']]>([
  [
    'two folders of one name',
    /^pairs\[0\]\.id and pairs\[1\]\.ood: two different data sets are called "x"/,
    { id: { dir: 'x', normalisation }, ood: 'mnist' },
    { id: 'fashion-mnist', ood: { dir: 'sub/x' } },
  ],
  [
    'one folder with two normalisations under one name',
    /^pairs\[0\]\.id and pairs\[1\]\.id: data set "x" has two normalisations/,
    { id: { dir: 'x', normalisation }, ood: 'mnist' },
    { id: { dir: './x', normalisation: { mean: [0], std: [1] } }, ood: 'mnist' },
  ],
  [
    'a folder against itself',
    /^pairs\[0\]: id and ood are the same data set, "x"/,
    { id: { dir: 'x', normalisation }, ood: { dir: join(base, 'x') } },
  ],
  [
    'a pair that is there twice',
    /^pairs\[1\]: this pair is there already: pairs\[0\]/,
    { id: { dir: 'x', normalisation }, ood: 'mnist' },
    { id: { name: 'x', dir: join(base, 'x'), normalisation }, ood: 'mnist' },
  ],
])('refuses %s', async (_what, message, ...pairs) => {
  await expect(refer(...pairs)).rejects.toThrow(
    expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) }),
  );
});
