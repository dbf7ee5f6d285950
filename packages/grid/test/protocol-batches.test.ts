import { registerProtocol } from '@oodgrid/protocols';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseGrid } from '../src/index.js';

const KNOWN = { models: ['lenet-fmnist'], datasets: ['fashion-mnist', 'mnist'] };
const gridOf = (protocol: string, options = '') =>
  parseGrid(
    `protocol: ${protocol}
models: [lenet-fmnist]
pairs: [{ id: fashion-mnist, ood: mnist }]
methods: [baseline]
${options}`,
    'grid.yaml',
    KNOWN,
  );

const moduleOf = (name: string, batch: number) =>
  `data:text/javascript,${encodeURIComponent(
    `export default ({ metrics, firstColumn, normalisationOfId }) => ({
      name: '${name}', reference: 'none', batch: ${batch}, permutationSeed: 0, advice: 'more',
      metrics: [metrics.auroc], normalisation: normalisationOfId, order: (wanted) => wanted,
      cut: ({ count }) => ({ fit: { from: 0, to: 0 }, select: { from: 0, to: 0 }, test: { from: 0, to: count } }),
      keptOod: (id, ood) => ood, selection: null, combine: firstColumn, previewColumn: () => 0,
    });`,
  )}`;

beforeAll(async () => {
  await registerProtocol(moduleOf('hundreds', 100));
  await registerProtocol(moduleOf('thousands', 4000));
});

describe("slices are whole batches of the grid's own protocol", () => {
  it.each([
    ['fssd-paper', 2048],
    ['hundreds', 2000],
    ['thousands', 4000],
  ])('by default: %s has %i', (protocol, slice) => {
    expect(gridOf(protocol).options.slice).toBe(slice);
  });

  it('and others are refused with the next that is one', () => {
    expect(gridOf('hundreds', 'options: { slice: 300 }').options.slice).toBe(300);
    expect(() => gridOf('hundreds', 'options: { slice: 512 }')).toThrow(
      'grid.yaml:5:19  options.slice: expected a multiple of 100, the batch of protocol hundreds, got 512; write 500',
    );
    expect(() => gridOf('fssd-paper', 'options: { slice: 600 }')).toThrow(/expected a multiple of 512/);
  });
});
