import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, resultsSchema } from '@oodgrid/contract';
import { ClusterClient } from 'ood-cli';
import { afterAll, expect, it, vi } from 'vitest';
import { oodCli, ROOT } from '../support/cli.js';
import { TestCluster } from '../support/cluster.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const cache = testCache();
let cluster: TestCluster | undefined;
afterAll(async () => cluster?.close());

const weights = (name: string) => join(ROOT, 'models', `${name}.safetensors`);
const MODELS = [
  `{ name: "модель: один", architecture: lenet, weights: ${weights('lenet-fmnist')} }`,
  `{ name: "модель: два", architecture: lenet, weights: ${weights('lenet-fmnist-member0')} }`,
];
// A data set is called by its folder.
const [CLOTHES, FEWER, DIGITS] = ['服 1', '服_1', '数字 a__b'] as const;
const id = (dir: string) => `{ dir: "./${dir}", normalisation: { mean: [0.286], std: [0.353] } }`;
const OOD = `{ dir: "./${DIGITS}" }`;
// One normalisation, two train sets: the OOD side needs a fit of each.
const PAIRS = [`{ id: ${id(CLOTHES)}, ood: ${OOD} }`, `{ id: ${id(FEWER)}, ood: ${OOD} }`];
let runs = 0;

/** Cells of a grid of those models and pairs by what they are called, without the seconds that they took. */
async function submit(models: readonly string[], pairs: readonly string[], ...flags: readonly string[]) {
  const file = join(cache.folder, `grid-${++runs}.yaml`);
  const list = (items: readonly string[]) => items.map((item) => `\n  - ${item}`).join('');
  writeFileSync(
    file,
    `protocol: fssd-paper
models:${list(models)}
pairs:${list(pairs)}
methods:
  - baseline
  - { name: mahalanobis, magnitudes: [0.01] }
  - { name: energy, temperatures: [1, 1000] }
  - { name: knn, k: [1, 50] }
  - { name: vim, dims: [16, 32] }
  - kl-matching
  - react
  - dice
  - relative-mahalanobis
  - fdbd
  - nnguide
outputs: { formats: [] }
options: { bootstrapReplicates: 100, slice: 512 }
`,
  );
  const args = [
    'submit',
    file,
    '--json',
    '--no-cache',
    '--output',
    join(cache.folder, `run-${runs}`),
    ...flags,
  ];
  const { code, stdout, stderr } = await oodCli(args, { OODGRID_CACHE: cache.cacheDir });
  if (code !== 0) throw new Error(stderr);
  const { cells, run } = resultsSchema.parse(JSON.parse(stdout));
  const named = cells.map(({ seconds: _seconds, ...cell }): [string, Omit<Cell, 'seconds'>] => [
    JSON.stringify([cell.method, cell.id, cell.ood, cell.model]),
    cell,
  ]);
  return { run: run.id, cells: new Map(named) };
}

it('on a cluster of two workers, one of them with a full disk, each cell is what it is alone on this machine', async () => {
  await writeSubset(join(cache.folder, CLOTHES), 'fashion-mnist', 'test', 0, 1200);
  await writeSubset(join(cache.folder, CLOTHES), 'fashion-mnist', 'train', 0, 1500);
  await writeSubset(join(cache.folder, FEWER), 'fashion-mnist', 'test', 1200, 2300);
  await writeSubset(join(cache.folder, FEWER), 'fashion-mnist', 'train', 1500, 1800);
  await writeSubset(join(cache.folder, DIGITS), 'mnist-10k', 'test', 4000, 5300);
  const folder = join(cache.folder, 'cluster');
  mkdirSync(folder);
  cluster = await TestCluster.start({ folder, cacheDir: cache.cacheDir, workers: 2, leaseSeconds: 10 });
  const client = new ClusterClient(cluster.coordinatorAddress);
  try {
    await vi.waitFor(async () => expect(await client.workers()).toHaveLength(2), {
      timeout: 60_000,
      interval: 200,
    });
    execFileSync('prlimit', ['--pid', String(cluster.workers[1]?.pid), '--fsize=4096:unlimited']);
    const together = await submit(MODELS, PAIRS, '--coordinator', cluster.coordinatorAddress);
    expect(together.cells.size).toBe(44);
    expect(new Set([...together.cells.values()].map(({ scores }) => scores.file.toLowerCase())).size).toBe(
      44,
    );
    expect((await client.logs(together.run)).join('\n')).toMatch(/w1 is set aside/);

    for (const model of MODELS) {
      for (const pair of PAIRS) {
        const alone = await submit([model], [pair], '--workers', '1');
        expect(alone.cells.size).toBe(11);
        for (const [name, cell] of alone.cells) expect(together.cells.get(name), name).toEqual(cell);
      }
    }
  } finally {
    client.close();
  }
}, 240_000);
