import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, resultsSchema } from '@oodgrid/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

const NORMALISATION = 'normalisation: { mean: [0.286], std: [0.353] }';
const weights = (name: string) => join(process.cwd(), 'models', `${name}.safetensors`);
// Two ID sets of one normalisation, each with a train set of its own, against one OOD set: the OOD side needs both fits.
const MODELS = [
  `{ name: "a: b", architecture: lenet, weights: ${weights('lenet-fmnist')} }`,
  `{ name: "a__b", architecture: lenet, weights: ${weights('lenet-fmnist-member0')} }`,
];
const PAIRS = [
  `{ id: { dir: ./clothes, ${NORMALISATION} }, ood: { dir: ./digits } }`,
  `{ id: { dir: ./fewer, ${NORMALISATION} }, ood: { dir: ./digits } }`,
];
const METHODS = [
  'baseline',
  '{ name: odin, magnitudes: [0.004], temperatures: [1000] }',
  '{ name: mahalanobis, magnitudes: [0.01] }',
  '{ name: fssd, magnitudes: [0.006], noise: { seed: 42 } }',
];

beforeAll(async () => {
  await writeSubset(join(cache.folder, 'clothes'), 'fashion-mnist', 'test', 0, 1200);
  await writeSubset(join(cache.folder, 'clothes'), 'fashion-mnist', 'train', 0, 1500);
  await writeSubset(join(cache.folder, 'fewer'), 'fashion-mnist', 'test', 1200, 2300);
  await writeSubset(join(cache.folder, 'fewer'), 'fashion-mnist', 'train', 1500, 1800);
  // mnist-10k is sorted by digit: every tenth part of it has other ones.
  await writeSubset(join(cache.folder, 'digits'), 'mnist-10k', 'test', 4000, 5300);
});

let runs = 0;

/** Cells of a grid by what they are called, without the seconds that they took. */
async function submit(
  grid: {
    readonly models: readonly string[];
    readonly pairs: readonly string[];
    readonly methods: readonly string[];
  },
  flags: readonly string[],
): Promise<ReadonlyMap<string, Omit<Cell, 'seconds'>>> {
  const file = join(cache.folder, `grid-${++runs}.yaml`);
  const list = (items: readonly string[]) => items.map((item) => `\n  - ${item}`).join('');
  writeFileSync(
    file,
    `protocol: fssd-paper
models:${list(grid.models)}
pairs:${list(grid.pairs)}
methods:${list(grid.methods)}
outputs: { formats: [] }
options: { bootstrapReplicates: 100 }
`,
  );
  const args = ['submit', file, '--json', '--output', join(cache.folder, `run-${runs}`), ...flags];
  const { code, stdout, stderr } = await oodCli(args, { OODGRID_CACHE: cache.cacheDir });
  if (code !== 0) throw new Error(`ood-cli ended with ${code}:\n${stderr.slice(-2000)}`);
  const { cells } = resultsSchema.parse(JSON.parse(stdout));
  return new Map(
    cells.map(({ seconds: _seconds, ...cell }) => [
      JSON.stringify([cell.method, cell.id, cell.ood, cell.model]),
      cell,
    ]),
  );
}

const whole = { models: MODELS, pairs: PAIRS, methods: METHODS };
const at = <T>(list: readonly T[], i: number): readonly T[] => list.slice(i, i + 1);

describe('a grid of two ID sets, two models and four methods', () => {
  let cells: ReadonlyMap<string, Omit<Cell, 'seconds'>>;

  beforeAll(async () => {
    cells = await submit(whole, ['--workers', '1']);
  }, 300_000);

  it('has every cell, and a file for each', () => {
    expect(cells.size).toBe(16);
    const files = [...cells.values()].map(({ scores }) => scores.file.toLowerCase());
    expect(new Set(files).size).toBe(16);
  });

  it('has the Mahalanobis row of the first pair as that has it alone, with the fit of its own train set', async () => {
    const one = { models: at(MODELS, 0), pairs: at(PAIRS, 0), methods: at(METHODS, 2) };
    const alone = await submit(one, ['--workers', '1', '--no-cache']);
    expect(alone.size).toBe(1);
    for (const [name, cell] of alone) expect(cells.get(name)).toEqual(cell);
  }, 300_000);

  it('has the cells of the same grid the other way round, on two workers and without the cache', async () => {
    const reversed = {
      models: [...MODELS].reverse(),
      pairs: [...PAIRS].reverse(),
      methods: [...METHODS].reverse(),
    };
    const others = await submit(reversed, ['--workers', '2', '--no-cache']);
    expect(new Map(others)).toEqual(new Map(cells));
  }, 300_000);

  it('has the cells of a part of it that comes from the cache', async () => {
    const part = await submit({ models: at(MODELS, 1), pairs: at(PAIRS, 1), methods: METHODS.slice(1) }, [
      '--workers',
      '1',
    ]);
    expect(part.size).toBe(3);
    for (const [name, cell] of part) expect(cells.get(name)).toEqual(cell);
  }, 300_000);
});
