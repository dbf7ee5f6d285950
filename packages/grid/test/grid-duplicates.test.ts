import { OodError } from '@oodgrid/contract';
import { expect, it } from 'vitest';
import { parseGrid } from '../src/index.js';

const KNOWN = { models: ['lenet-fmnist', 'other'], datasets: ['fashion-mnist', 'mnist'] };

function findings(parts: { models?: string; pairs?: readonly string[]; methods?: string }): string {
  const {
    models = '[lenet-fmnist]',
    pairs = ['{ id: fashion-mnist, ood: mnist }'],
    methods = '[baseline]',
  } = parts;
  const text = `protocol: fssd-paper
models: ${models}
pairs:
${pairs.map((pair) => `  - ${pair}\n`).join('')}methods: ${methods}
`;
  try {
    parseGrid(text, 'grid.yaml', KNOWN);
    return '';
  } catch (error) {
    return OodError.from(error).message;
  }
}

const own = '{ name: lenet-fmnist, architecture: lenet, weights: a.safetensors }';
const folder = (dir: string) => `{ id: { dir: ${dir}, normalisation: { mean: [0], std: [1] } }, ood: mnist }`;

it('a model that is there twice is refused with its place', () => {
  expect(findings({ models: '[lenet-fmnist, other, lenet-fmnist]' })).toMatch(
    /^grid\.yaml:2:\d+ {2}models\[2\]: model "lenet-fmnist" is there already: models\[0\]/,
  );
  expect(findings({ models: `[${own}, lenet-fmnist]` })).toContain(
    'models[1]: model "lenet-fmnist" is there already',
  );
});

it('a pair that is there twice is refused with its place, however it is written', () => {
  const pair = '{ id: fashion-mnist, ood: mnist }';
  expect(findings({ pairs: [pair, pair] })).toMatch(
    /^grid\.yaml:5:\d+ {2}pairs\[1\]: this pair is there already: pairs\[0\]/,
  );
  expect(findings({ pairs: [folder('x'), folder('./x/')] })).toContain(
    'pairs[1]: this pair is there already',
  );
  expect(findings({ pairs: [folder('x'), folder('y')] })).toBe('');
  expect(findings({ pairs: [pair, '{ id: mnist, ood: fashion-mnist }'] })).toBe('');
});

it('one folder on both sides of a pair is refused, also where only the ID side says how it is normalised', () => {
  expect(findings({ pairs: [folder('x').replace('mnist', '{ dir: ./x }')] })).toContain(
    'pairs[0]: id and ood are the same data set',
  );
});

it('a member that is there twice is refused: it would count twice', () => {
  expect(findings({ methods: '[{ name: deep-ensemble, members: [other, lenet-fmnist, other] }]' })).toContain(
    'methods[0].members[2]: member "other" is there already: members[0]',
  );
});
