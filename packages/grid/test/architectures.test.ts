import { listArchitectures } from '@oodgrid/models';
import { expect, it } from 'vitest';
import { gridJsonSchema, parseGrid } from '../src/index.js';

const KNOWN = { models: [], datasets: ['a', 'b'] };
const grid = (architecture: string) =>
  `protocol: fssd-paper
models: [{name: mine, architecture: ${architecture}, weights: w.safetensors}]
pairs: [{id: a, ood: b}]
methods: [baseline]`;

it.each(listArchitectures().map(({ name }) => name))('a grid may name the architecture %s', (name) => {
  expect(parseGrid(grid(name), 'g.yaml', KNOWN).models).toMatchObject([{ architecture: name }]);
  expect(JSON.stringify(gridJsonSchema())).toContain(JSON.stringify(name));
});

it('and no other, which is told with the one that was meant', () => {
  expect(() => parseGrid(grid('resnet34-cifra'), 'g.yaml', KNOWN)).toThrow(/did you mean "resnet34-cifar"\?/);
});
