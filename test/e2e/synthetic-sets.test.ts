import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readResults } from '@oodgrid/contract';
import { parseNpz, writeNpz } from '@oodgrid/formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { oodCli } from '../support/cli.js';
import { writeSubset } from '../support/small-grid.js';
import { testCache } from '../support/temporary-cache.js';

const { folder, cacheDir } = testCache();
const normalised = 'normalisation: { mean: [0.286], std: [0.353] }';
const gridOf = (pairs: readonly string[]) => `protocol: raw
models: [lenet-fmnist]
pairs:
${pairs.map((pair) => `  - ${pair}\n`).join('')}methods: [baseline, energy]
options: { bootstrapReplicates: 100, slice: 512 }
`;
const submitted = (grid: string, output: string, ...flags: readonly string[]) =>
  oodCli(['submit', grid, '--output', output, ...flags], { OODGRID_CACHE: cacheDir }, folder);
const pair = (id: string, ood: string) => `{ id: { dir: ${id}, ${normalised} }, ood: ${ood} }`;

beforeAll(async () => {
  await writeSubset(join(folder, 'shirts'), 'fashion-mnist', 'test', 0, 300);
  await writeSubset(join(folder, 'shoes'), 'fashion-mnist', 'test', 5000, 5200);
  mkdirSync(join(folder, 'floats'));
  const floats = { shape: [9, 28, 28], data: Float32Array.from({ length: 9 * 784 }, (_, i) => Math.sin(i)) };
  writeFileSync(join(folder, 'floats', 'test.npz'), writeNpz(new Map([['images', floats]])));
}, 120_000);

/** Energy scores of the OOD side of a cell. */
function scoresOf(run: string, id: string, ood: string): Float32Array | Float64Array {
  const { cells } = readResults(JSON.parse(readFileSync(join(folder, run, 'results.json'), 'utf8')));
  const cell = cells.find((one) => one.id === id && one.ood === ood && one.method === 'energy');
  if (cell === undefined) throw new Error(`no cell of ${id} and ${ood}`);
  const file = cell.scores.file;
  const { data } = parseNpz(readFileSync(join(folder, run, file)), file).get('test_ood') ?? {};
  if (!(data instanceof Float64Array || data instanceof Float32Array)) throw new Error('no scores');
  return data;
}

describe('synthetic OOD sets', () => {
  it('of two ID sets are what they are alone, and cite where they come from', async () => {
    const sets = [
      '{ synthetic: gaussian, count: 150 }',
      '{ synthetic: gaussian, count: 150, seed: 1, name: other }',
      '{ synthetic: rotated, of: { dir: shirts } }',
    ];
    const pairs = sets.flatMap((ood) => [pair('shirts', ood), pair('shoes', ood)]);
    writeFileSync(join(folder, 'grid.yaml'), gridOf(pairs));
    const all = await submitted('grid.yaml', 'run');
    expect(all.stderr).not.toMatch(/error/);
    expect(all.code).toBe(0);
    writeFileSync(
      join(folder, 'alone.yaml'),
      gridOf([pair('shoes', '{ synthetic: rotated, of: { dir: ./shirts } }')]),
    );
    expect((await submitted('alone.yaml', 'alone', '--no-cache')).code).toBe(0);
    expect(scoresOf('run', 'shoes', 'rotated-shirts')).toEqual(scoresOf('alone', 'shoes', 'rotated-shirts'));
    const [first, second] = ['gaussian', 'other'].map((ood) => scoresOf('run', 'shirts', ood));
    expect(first).toHaveLength(150);
    expect(first).not.toEqual(second);
    expect(scoresOf('run', 'shoes', 'gaussian')).toEqual(first);
    expect(readFileSync(join(folder, 'run', 'references.bib'), 'utf8')).toMatch(
      /Deep Anomaly Detection with Outlier Exposure/,
    );
  }, 240_000);

  it('are refused under one name, with floats, and of a folder that is not there', async () => {
    const refusal = async (exitCode: number, ...pairs: readonly string[]) => {
      writeFileSync(join(folder, 'bad.yaml'), gridOf(pairs));
      const { code, stderr } = await oodCli(['plan', 'bad.yaml'], { OODGRID_CACHE: cacheDir }, folder);
      expect(code).toBe(exitCode);
      return stderr;
    };
    expect(
      await refusal(
        2,
        pair('shirts', '{ synthetic: uniform }'),
        pair('shirts', '{ synthetic: uniform, seed: 1 }'),
      ),
    ).toMatch(/two different data sets are called "uniform"; give one of them another by name: \.\.\./);
    expect(
      await refusal(2, '{ id: { dir: floats, normalisation: none }, ood: { synthetic: uniform } }'),
    ).toMatch(/"uniform".*made of bytes.*normalisation: none/);
    expect(await refusal(3, pair('shirts', '{ synthetic: inverted, of: { dir: nope } }'))).toMatch(
      /there is no such folder/,
    );
  }, 120_000);
});
