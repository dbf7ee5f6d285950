import { expect, it } from 'vitest';
import { parseGrid } from '../src/index.js';

const KNOWN = { models: ['lenet-fmnist'], datasets: ['fashion-mnist', 'mnist'] };
const head = 'protocol: raw\nmodels: [lenet-fmnist]\nmethods: [baseline]\n';
const refused = (text: string) => {
  try {
    parseGrid(head + text, 'g.yaml', KNOWN);
    return [];
  } catch (thrown) {
    return String((thrown as Error).message).split('\n');
  }
};
const withOod = (ood: string) => refused(`pairs: [{ id: fashion-mnist, ood: ${ood} }]\n`);

it.each([
  ['{ synthetic: uniform }', []],
  ['{ synthetic: blobs, seed: 3, count: 100, name: b3 }', []],
  ['{ synthetic: inverted, of: fashion-mnist }', []],
  ['{ synthetic: rotated, of: { dir: ./mine } }', []],
  [
    '{ synthetic: unifrom }',
    [
      expect.stringMatching(
        /pairs\[0\]\.ood\.synthetic: expected "uniform", .* \(did you mean "uniform"\?\)$/,
      ),
    ],
  ],
  [
    '{ synthetic: inverted }',
    ['g.yaml:4:35  pairs[0].ood: "inverted" changes the images of another set: name it by of'],
  ],
  [
    '{ synthetic: uniform, of: mnist }',
    ['g.yaml:4:57  pairs[0].ood.of: "uniform" draws its own images: take of out'],
  ],
  [
    '{ synthetic: inverted, of: minst }',
    ['g.yaml:4:62  pairs[0].ood.of: unknown data set "minst" (did you mean "mnist"?)'],
  ],
])('a synthetic OOD set %s', (ood, messages) => {
  expect(withOod(ood)).toEqual(messages);
});

it('has no classes, so that it is no ID set', () => {
  expect(refused('pairs: [{ id: { synthetic: uniform }, ood: mnist }]\n')).toEqual([
    'g.yaml:4:15  pairs[0].id: synthetic images have no classes: they can be the OOD side alone',
  ]);
});

it('is there once', () => {
  const twice =
    'pairs:\n  - { id: mnist, ood: { synthetic: uniform } }\n  - { id: mnist, ood: { synthetic: uniform, seed: 0 } }\n';
  expect(refused(twice)).toEqual(['g.yaml:6:5  pairs[1]: this pair is there already: pairs[0]']);
});
