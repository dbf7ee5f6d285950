import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, resultsSchema } from '@oodgrid/contract';
import { writeNpz } from '@oodgrid/formats';
import { expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { testCache } from '../support/temporary-cache.js';

const [CLASSES, TRAIN, TEST] = [3, 150, 90] as const;
// Sets of one name by `_`, and models that differ in the count of their features.
const SETS = ['clothes-1', 'clothes_1', 'digits__b'] as const;
const MODELS = [
  { name: 'сеть: один', units: 6 },
  { name: 'сеть: два', units: 9 },
] as const;

const cache = testCache();

/** Values around a point that depends on the class and on `shift`: the same for the same arguments. */
function featuresOf(rows: number, units: number, shift: number): Float32Array {
  return Float32Array.from({ length: rows * units }, (_, i) => {
    const [row, unit] = [Math.floor(i / units), i % units];
    const noise = Math.sin((row + 1) * 12.9898 + (unit + 1) * 78.233 + shift * 37.719) * 43_758.5453;
    return (unit % CLASSES === row % CLASSES ? 3 : 0) + shift * 0.4 + noise - Math.floor(noise);
  });
}

/** Writes what a model exported, and returns its entry of a grid. */
function modelEntry({ name, units }: (typeof MODELS)[number]): string {
  const write = (
    file: string,
    arrays: Readonly<Record<string, { shape: number[]; data: Float32Array | Int32Array }>>,
  ) => {
    writeFileSync(join(cache.folder, `${units}-${file}.npz`), writeNpz(new Map(Object.entries(arrays))));
    return `"./${units}-${file}.npz"`;
  };
  const split = (file: string, rows: number, shift: number) =>
    write(file, {
      features: { shape: [rows, units], data: featuresOf(rows, units, shift) },
      labels: { shape: [rows], data: Int32Array.from({ length: rows }, (_, row) => row % CLASSES) },
    });
  const weight = Float32Array.from({ length: CLASSES * units }, (_, i) =>
    (i % units) % CLASSES === Math.floor(i / units) ? 1 : -0.1 * units,
  );
  const head = write('head', {
    weight: { shape: [CLASSES, units], data: weight },
    bias: { shape: [CLASSES], data: new Float32Array(CLASSES) },
  });
  const [first, second, ood] = SETS;
  return `  - name: "${name}"
    source: features
    head: ${head}
    splits:
      "${first}": { test: ${split('a', TEST, 0)}, train: ${split('at', TRAIN, 0.1)} }
      "${second}": { test: ${split('b', TEST, 1)}, train: ${split('bt', TRAIN, 1.3)} }
      "${ood}": { test: ${split('c', TEST, 4)} }
`;
}

const set = (name: string) => `{ name: "${name}", images: none }`;
let runs = 0;

/** Cells by what they are called, without the seconds that they took. */
async function cellsOf(models: readonly string[], ids: readonly string[]) {
  const file = join(cache.folder, `grid-${++runs}.yaml`);
  const pairs = ids.map((id) => `  - { id: ${set(id)}, ood: ${set(SETS[2])} }\n`);
  writeFileSync(
    file,
    `protocol: raw
models:
${models.join('')}pairs:
${pairs.join('')}methods: [baseline, energy, { name: knn, k: [5] }, { name: vim, dims: [4] }, react, dice, kl-matching, relative-mahalanobis, fdbd, nnguide]
outputs: { formats: [] }
options: { bootstrapReplicates: 100, workers: 2 }
`,
  );
  const where = ['--json', '--no-cache', '--output', join(cache.folder, `run-${runs}`)];
  const { code, stdout, stderr } = await oodCli(['submit', file, ...where], {
    OODGRID_CACHE: cache.cacheDir,
  });
  if (code !== 0) throw new Error(stderr);
  const named = resultsSchema
    .parse(JSON.parse(stdout))
    .cells.map(({ seconds: _seconds, ...cell }): [string, Omit<Cell, 'seconds'>] => [
      JSON.stringify([cell.method, cell.id, cell.model]),
      cell,
    ]);
  return new Map(named);
}

it('each cell of two models and two ID sets is what it is alone', async () => {
  const models = MODELS.map(modelEntry);
  const ids = SETS.slice(0, 2);
  const together = await cellsOf(models, ids);
  expect(together.size).toBe(40);
  // Fits of the one would do for the other if they were taken for it: they must differ to be told apart.
  expect(new Set([...together.values()].map(({ scores }) => scores.id)).size).toBe(40);
  for (const model of models)
    for (const id of ids)
      for (const [name, cell] of await cellsOf([model], [id])) expect(together.get(name), name).toEqual(cell);
}, 120_000);
