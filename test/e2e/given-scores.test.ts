import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results } from '@oodgrid/contract';
import { type NpyArray, parseNpz, writeNpz } from '@oodgrid/formats';
import { NumpyRandomState } from '@oodgrid/stats';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { oodCli } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const env = { OODGRID_CACHE: cacheDir };
const at = (name: string) => join(folder, name);
const COUNT = 1300;

/** Uniform scores, shifted: higher on the ID side by `gap`. */
const uniform = (seed: number, gap = 0): Float32Array =>
  Float32Array.from(new NumpyRandomState(seed).randomSample(COUNT), (u) => u + gap);
const column = (data: NpyArray['data'], shape: readonly number[] = [data.length]): NpyArray => ({
  shape: [...shape],
  data,
});

const GOOD: Readonly<Record<string, NpyArray>> = {
  'lenet-fmnist/a': column(uniform(1, 0.3)),
  'lenet-fmnist/b': column(Float64Array.from(uniform(2, 0.2)), [COUNT, 1]),
  'lenet-fmnist/a/c': column(uniform(3)),
  'lenet-fmnist/b/c': column(uniform(4)),
  'lenet-fmnist/d': column(uniform(5)),
  'another/a': column(uniform(6)),
};

function writeGrid(
  name: string,
  arrays: Readonly<Record<string, NpyArray>>,
  row = '{ name: mine, scores: ./mine.npz }',
): string {
  mkdirSync(at(name), { recursive: true });
  writeFileSync(at(`${name}/mine.npz`), writeNpz(new Map(Object.entries(arrays))));
  const id = (set: string) => `{ dir: ../${set}, normalisation: { mean: [0.286], std: [0.353] } }`;
  const file = at(`${name}/grid.yaml`);
  writeFileSync(
    file,
    `protocol: fssd-paper
models: [lenet-fmnist]
pairs:
  - { id: ${id('a')}, ood: { dir: ../c } }
  - { id: ${id('a')}, ood: { dir: ../d } }
  - { id: ${id('b')}, ood: { dir: ../c } }
methods: [baseline, ${row}]
options: { bootstrapReplicates: 100 }
`,
  );
  return file;
}

beforeAll(() => {
  for (const [i, set] of ['a', 'b', 'c', 'd'].entries()) {
    const images = new NumpyRandomState(i).randintUint8(255, COUNT * 784);
    const labels = Uint8Array.from({ length: COUNT }, (_, k) => k % 10);
    const arrays = { images: column(images, [COUNT, 28, 28]), labels: column(labels) };
    mkdirSync(at(set));
    writeFileSync(at(`${set}/test.npz`), writeNpz(new Map(Object.entries(arrays))));
  }
});

async function submit(file: string, output: string, ...more: readonly string[]): Promise<Results> {
  const { code, stderr } = await oodCli(['submit', file, '--output', at(output), ...more], env);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(readFileSync(at(`${output}/results.json`), 'utf8'));
}

/** The share of pairs of test samples that given scores rank rightly, counted one by one. */
function ranked(output: string, file: string, id: Float32Array, ood: Float32Array): number {
  const arrays = parseNpz(readFileSync(at(`${output}/${file}`)), file);
  const picked = (name: string, scores: Float32Array) =>
    [...(arrays.get(name)?.data ?? [])].map((index) => scores[Number(index)] ?? Number.NaN);
  const [inside, outside] = [picked('index_id', id), picked('index_ood', ood)];
  const right = inside.map((a) => outside.reduce((sum, b) => sum + (a > b ? 1 : a === b ? 0.5 : 0), 0));
  return right.reduce((a, b) => a + b, 0) / (inside.length * outside.length);
}

describe('a row of scores that were computed elsewhere', () => {
  it('is cut and measured as any other, on a machine and on a cluster', async () => {
    const file = writeGrid('good', GOOD);
    const results = await submit(file, 'good-run');
    const cells = results.cells.filter(({ method }) => method === 'mine');
    const expected: [string, string, string, string][] = [
      ['a', 'c', 'lenet-fmnist/a', 'lenet-fmnist/a/c'],
      ['a', 'd', 'lenet-fmnist/a', 'lenet-fmnist/d'],
      ['b', 'c', 'lenet-fmnist/b', 'lenet-fmnist/b/c'],
    ];
    const scores = (name: string) => Float32Array.from(GOOD[name]?.data ?? [], Number);
    for (const [i, [id, ood, idName, oodName]] of expected.entries()) {
      const cell = cells[i];
      expect(cell).toMatchObject({ id, ood, title: 'mine', hyperparameters: { chosen: null } });
      const own = ranked('good-run', cell?.scores.file ?? '', scores(idName), scores(oodName));
      expect(cell?.metrics.auroc?.estimate).toBeCloseTo(own, 10);
    }
    expect(results.comparisons.some(({ a, b }) => [a, b].includes('mine'))).toBe(true);
    const said = results.warnings.filter(({ code }) => code === 'scores-given');
    expect(said).toEqual([
      {
        code: 'scores-given',
        severity: 'notice',
        message: expect.stringMatching(
          /^mine was computed elsewhere \(content [0-9a-f]{16}\): its settings are not known here/,
        ),
        place: { method: 'mine' },
      },
    ]);

    const cluster = await TestCluster.start({
      folder: at('cluster'),
      cacheDir,
      workers: 1,
      leaseSeconds: 30,
    });
    try {
      const to = ['--coordinator', cluster.coordinatorAddress];
      await vi.waitFor(async () => expect((await oodCli(['runs', ...to], env)).code).toBe(0), 60_000);
      expect((await submit(file, 'cluster-run', ...to)).digest).toBe(results.digest);
    } finally {
      await cluster.close();
    }
  }, 180_000);

  it('that ranks OOD above ID is not turned round in silence', async () => {
    const turned = { ...GOOD, 'lenet-fmnist/a': column(uniform(1, -0.5)) };
    const results = await submit(writeGrid('turned', turned), 'turned-run');
    const said = results.warnings.filter(
      ({ code, place }) => code === 'orientation' && place.method === 'mine',
    );
    expect(said.map(({ place: { method, id, ood } }) => [method, id, ood])).toEqual([
      ['mine', 'a', 'c'],
      ['mine', 'a', 'd'],
    ]);
    expect(said[0]).toMatchObject({
      severity: 'serious',
      message: expect.stringMatching(
        /mine ranks samples of "c" above those of "a" with model "lenet-fmnist": .* AUROC of its scores is 0\.1\d+/,
      ),
    });
  }, 120_000);

  it('is another one when its file has another content', async () => {
    const file = writeGrid('edited', GOOD);
    const first = await submit(file, 'edited-1');
    writeGrid('edited', { ...GOOD, 'lenet-fmnist/d': column(uniform(7)) });
    const second = await submit(file, 'edited-2');
    const mine = ({ cells }: Results) =>
      cells.filter(({ method }) => method === 'mine').map(({ scores }) => scores.ood);
    expect(mine(second).map((one, i) => one === mine(first)[i])).toEqual([true, false, true]);
  }, 120_000);

  const nan = uniform(1);
  nan[17] = Number.NaN;
  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(GOOD).filter(([name]) => !names.includes(name)));
  it.each<[what: string, arrays: Readonly<Record<string, NpyArray>>, message: RegExp, row?: string]>([
    [
      'lacks arrays',
      { ...without('lenet-fmnist/a', 'lenet-fmnist/b/c'), 'lenet-fmnits/a': column(uniform(1)) },
      /methods\[1\] mine \(\.\/mine\.npz\): no array "lenet-fmnist\/a" \(1300 scores of the test set of "a"\) \(did you mean "lenet-fmnits\/a"\?\), "lenet-fmnist\/b\/c" \(1300 scores of the test set of "c" beside "b"\).*; the file holds .*take the row, the model or the pair out/,
    ],
    [
      'has one array for an OOD set of two ID sets',
      { ...without('lenet-fmnist/a/c', 'lenet-fmnist/b/c'), 'lenet-fmnist/c': column(uniform(1)) },
      /no array "lenet-fmnist\/a\/c".*"lenet-fmnist\/b\/c"/,
    ],
    [
      'has too few',
      { ...GOOD, 'lenet-fmnist/d': column(uniform(1).slice(1)) },
      /"lenet-fmnist\/d": 1299 scores, but the test set of "d" beside "a" has 1300 samples/,
    ],
    [
      'has two a sample',
      { ...GOOD, 'lenet-fmnist/d': column(new Float32Array(2 * COUNT), [COUNT, 2]) },
      /"lenet-fmnist\/d": \[1300, 2\] must be \[1300\]: one score a sample/,
    ],
    [
      'is not finite',
      { ...GOOD, 'lenet-fmnist/a': column(nan) },
      /"lenet-fmnist\/a": sample 17 has the score NaN/,
    ],
    [
      'overflows float32',
      { ...GOOD, 'lenet-fmnist/a': column(new Float64Array(COUNT).fill(1e300)) },
      /sample 0 has the score 1e\+300, which float32 does not hold/,
    ],
    [
      'is not there',
      GOOD,
      /methods\[1\] mine \(\.\/none\.npz\): there is no such file: .*none\.npz/,
      '{ name: mine, scores: ./none.npz }',
    ],
    [
      'has the name of a method',
      GOOD,
      /grid\.yaml:7:35 +methods\[1\]\.scores: a row of this name is computed, as that is a method/,
      '{ name: odin, scores: ./mine.npz }',
    ],
    [
      'names no file',
      GOOD,
      /methods\[1\]\.scores: expected the path of an npz or safetensors file with scores, got 5/,
      '{ name: mine, scores: 5 }',
    ],
    ['has options', GOOD, /methods\[1\]\.k: unknown key "k"/, '{ name: mine, scores: ./mine.npz, k: [5] }'],
  ])('that %s is refused before anything runs', async (what, arrays, message, row) => {
    const { code, stderr } = await oodCli(['plan', writeGrid(what.replaceAll(' ', '-'), arrays, row)], env);
    const expected = what === 'is not there' ? 'not-found' : 'invalid-input';
    expect([code, stderr]).toEqual([EXIT_CODES[expected], expect.stringMatching(message)]);
  });
});
