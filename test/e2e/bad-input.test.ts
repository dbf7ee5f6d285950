import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@oodgrid/contract';
import { parseSafetensors, type TensorEntry, writeNpz, writeSafetensors } from '@oodgrid/formats';
import { afterAll, describe, expect, it } from 'vitest';
import { type BlackGrid, writeBlackGrid } from '../support/black-grid.js';
import { oodCli, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

const models = join(ROOT, 'models');
const newCase = (options?: BlackGrid) => writeBlackGrid(cache.folder, options);

/** Submits a grid that must be refused; nothing may be left in the output folder. */
async function refused(file: string, folder: string, args: readonly string[] = []) {
  const output = join(folder, 'out', 'run');
  const { code, stdout, stderr } = await oodCli(
    ['submit', file, '--workers', '1', '--output', output, ...args],
    {
      OODGRID_CACHE: cache.cacheDir,
    },
  );
  expect(existsSync(output)).toBe(false);
  expect(stdout).toBe('');
  if (existsSync(join(folder, 'out'))) expect(readdirSync(join(folder, 'out'))).toEqual([]);
  return { code, message: stderr };
}

/** The bundled weights with one tensor changed. */
function writeWeights(path: string, change: (tensors: Map<string, TensorEntry>) => void): void {
  const bundled = join(models, 'lenet-fmnist.safetensors');
  const tensors = new Map(parseSafetensors(readFileSync(bundled), bundled).tensors);
  change(tensors);
  writeFileSync(path, writeSafetensors(tensors));
}

const own = (extra = '') => `{ name: mine, architecture: lenet, weights: ./w.safetensors${extra} }`;

describe('a grid that cannot be run is refused with a reason, an exit code and nothing left behind', () => {
  it('an unknown method', async () => {
    const { folder, file } = newCase({ methods: '[odinn]' });
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toContain('methods[0]: unknown method "odinn" (did you mean "odin"?)');
  });

  it('an unknown data set', async () => {
    const { folder, file } = newCase();
    writeFileSync(file, readFileSync(file, 'utf8').replace('{ dir: ./ood }', 'mnst'));
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toContain('pairs[0].ood: unknown data set "mnst" (did you mean "mnist"?)');
  });

  it('malformed yaml', async () => {
    const { folder, file } = newCase();
    writeFileSync(file, 'protocol: [fssd-paper\nmodels');
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toMatch(/grid\.yaml:2:1 {2}a "\[" is not closed/);
  });

  it('a grid file that is not there', async () => {
    const { folder } = newCase();
    const { code, message } = await refused(join(folder, 'nope.yaml'), folder);
    expect(code).toBe(EXIT_CODES['not-found']);
    expect(message).toContain('nope.yaml');
  });

  it('a flag that is wrong', async () => {
    const { folder, file } = newCase();
    expect((await refused(file, folder, ['--set', 'nonsense'])).code).toBe(EXIT_CODES['invalid-input']);
    expect((await refused(file, folder, ['--wrokers', '2'])).code).toBe(EXIT_CODES['invalid-input']);
  });

  it('weights that are not there', async () => {
    const { folder, file } = newCase({ model: own() });
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['not-found']);
    expect(message).toContain('w.safetensors: the weights of model "mine" could not be read');
  });

  it('weights that are truncated, and weights whose header promises terabytes', async () => {
    const { folder, file } = newCase({ model: own() });
    const path = join(folder, 'w.safetensors');
    const whole = readFileSync(join(models, 'lenet-fmnist.safetensors'));
    writeFileSync(path, whole.subarray(0, whole.length - 100));
    const truncated = await refused(file, folder);
    expect(truncated.code).toBe(EXIT_CODES['corrupt-data']);
    expect(truncated.message).toMatch(/w\.safetensors: .*tensor ".*" ends at byte/);
    const header = Buffer.from(
      JSON.stringify({ x: { dtype: 'F32', shape: [1e12], data_offsets: [0, 4e12] } }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(path, Buffer.concat([length, header]));
    expect((await refused(file, folder)).code).toBe(EXIT_CODES['corrupt-data']);
  });

  it('weights with NaN', async () => {
    const { folder, file } = newCase({ model: own() });
    writeWeights(join(folder, 'w.safetensors'), (tensors) => {
      const entry = tensors.get('conv1.weight');
      if (entry?.data instanceof Float32Array) entry.data[5] = Number.NaN;
    });
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['corrupt-data']);
    expect(message).toContain('w.safetensors: tensor "conv1.weight" holds NaN at element 5');
  });

  it('a tensor of another shape', async () => {
    const { folder, file } = newCase({ model: own() });
    writeWeights(join(folder, 'w.safetensors'), (tensors) => {
      tensors.set('fc1.weight', { dtype: 'F32', shape: [64, 9216], data: new Float32Array(64 * 9216) });
    });
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['corrupt-data']);
    expect(message).toContain('"fc1.weight" is F32 [64, 9216], expected F32 [128, 9216]');
  });

  it('a class count that does not fit the weights, and labels that do not fit the classes', async () => {
    const wrong = newCase({ model: own(', classes: 7') });
    writeWeights(join(wrong.folder, 'w.safetensors'), () => undefined);
    const { code, message } = await refused(wrong.file, wrong.folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toContain('has 10 classes, but the grid gives model "mine" 7; set classes: 10');
    const labels = newCase({ methods: '[mahalanobis]' });
    const arrays = new Map([
      ['images', { shape: [20, 28, 28], data: new Uint8Array(20 * 784) }],
      ['labels', { shape: [20], data: new Uint8Array(20).fill(10) }],
    ]);
    writeFileSync(join(labels.folder, 'id', 'train.npz'), writeNpz(arrays));
    const beyond = await refused(labels.file, labels.folder);
    expect(beyond.code).toBe(EXIT_CODES['invalid-input']);
    expect(beyond.message).toContain('has label 10 at index 0, but model "lenet-fmnist" has classes 0 to 9');
  });

  it('an empty data set, and one too small for the protocol', async () => {
    const empty = newCase({ count: 0 });
    const none = await refused(empty.file, empty.folder);
    expect(none.code).toBe(EXIT_CODES['invalid-input']);
    expect(none.message).toContain('test.npz: "images": the data set is empty');
    const small = newCase({ count: 1000 });
    const few = await refused(small.file, small.folder);
    expect(few.code).toBe(EXIT_CODES['invalid-input']);
    expect(few.message).toContain('has 1000 test samples; protocol fssd-paper needs at least 1001');
  });

  it('images of another size than the model takes', async () => {
    const { folder, file } = newCase();
    const images = { shape: [1001, 8, 8], data: new Uint8Array(1001 * 64) };
    const labels = { shape: [1001], data: new Uint8Array(1001) };
    writeFileSync(
      join(folder, 'ood', 'test.npz'),
      writeNpz(
        new Map([
          ['images', images],
          ['labels', labels],
        ]),
      ),
    );
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toContain('data set "ood" has images of 8x8x1, but model "lenet-fmnist" takes 28x28x1');
  });

  it('truncated, oversized and mis-shaped data files', async () => {
    const { folder, file } = newCase();
    const path = join(folder, 'ood', 'test.npz');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const truncated = await refused(file, folder);
    expect(truncated.code).toBe(EXIT_CODES['corrupt-data']);
    expect(truncated.message).toContain('test.npz');
    writeFileSync(
      path,
      writeNpz(
        new Map([
          ['images', { shape: [4], data: new Uint8Array(4) }],
          ['labels', { shape: [4], data: new Uint8Array(4) }],
        ]),
      ),
    );
    expect((await refused(file, folder)).code).toBe(EXIT_CODES['corrupt-data']);
    const idx = newCase();
    const header = Buffer.from([0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28, 0, 0, 0, 28]);
    writeFileSync(join(idx.folder, 'grid.yaml'), readFileSync(idx.file, 'utf8').replace('./ood', './idx'));
    mkdirSync(join(idx.folder, 'idx'));
    for (const name of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'])
      writeFileSync(join(idx.folder, 'idx', name), header);
    const promised = await refused(idx.file, idx.folder);
    expect(promised.code).toBe(EXIT_CODES['corrupt-data']);
    expect(promised.message).toContain(
      't10k-images-idx3-ubyte: not a readable IDX file: [4294967295, 28, 28] needs',
    );
  });

  it('noise of another shape', async () => {
    const { folder, file } = newCase({ methods: '[{ name: fssd, noise: { npz: ./noise.npz } }]' });
    writeFileSync(
      join(folder, 'noise.npz'),
      writeNpz(new Map([['noise', { shape: [100, 3, 32, 32], data: new Uint8Array(307_200) }]])),
    );
    const { code, message } = await refused(file, folder);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(message).toContain('noise.npz: expected one uint8 array [n, 1, 28, 28]');
  });

  it('says the same as JSON', async () => {
    const { folder, file } = newCase({ methods: '[odinn]' });
    const { code, stdout } = await oodCli(['submit', file, '--json', '--output', join(folder, 'run')]);
    expect(code).toBe(EXIT_CODES['invalid-input']);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid-input' } });
  });
});
