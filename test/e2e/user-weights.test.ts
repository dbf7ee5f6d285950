import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES, type Results } from '@oodgrid/contract';
import { parseSafetensors, type TensorEntry, writeSafetensors } from '@oodgrid/formats';
import { afterAll, describe, expect, it } from 'vitest';
import { writeBlackGrid } from '../support/black-grid.js';
import { oodCli, ROOT } from '../support/cli.js';
import { temporaryCache } from '../support/temporary-cache.js';
import { writeTorchCheckpoint } from '../support/torch-checkpoint.js';

const cache = temporaryCache();
afterAll(() => cache.remove());

const env = { OODGRID_CACHE: cache.cacheDir };
const bundled = join(ROOT, 'models', 'lenet-fmnist.safetensors');
const tensors = (): Map<string, TensorEntry> =>
  new Map(parseSafetensors(readFileSync(bundled), bundled).tensors);

/** A grid whose model has the weights that `write` puts at a path. */
function grid(write: (path: string) => void, file = 'w.safetensors') {
  const made = writeBlackGrid(cache.folder, {
    model: `{ name: mine, architecture: lenet, weights: ./${file} }`,
  });
  write(join(made.folder, file));
  return made;
}

describe('weights of a user', () => {
  it('under a prefix, in double precision or as a PyTorch checkpoint give the digest of the plain ones, and say what was done once', async () => {
    const disguised = new Map(
      [...tensors()].map(([key, { shape, data }]): [string, TensorEntry] => [
        `module.${key}`,
        { dtype: 'F64', shape, data: Float64Array.from(data, Number) },
      ]),
    );
    const digests: string[] = [];
    const notes: string[][] = [];
    for (const write of [
      (path: string) => copyFileSync(bundled, path),
      (path: string) => writeFileSync(path, writeSafetensors(disguised)),
      (path: string) => writeFileSync(path, writeTorchCheckpoint(tensors())),
    ]) {
      const { file, folder } = grid(write);
      // The second reads the weights for a row of its own, too.
      const methods = `[baseline, { name: outlier-exposure, model: mine }]`;
      const args = [
        'submit',
        file,
        '--workers',
        '1',
        '--no-cache',
        '--output',
        join(folder, 'run'),
        '--set',
        `methods=${methods}`,
      ];
      const { code, stderr } = await oodCli(args, env);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const results: Results = JSON.parse(readFileSync(join(folder, 'run', 'results.json'), 'utf8'));
      digests.push(results.digest);
      notes.push(stderr.match(/^.*w\.safetensors: .*$/gm) ?? []);
    }
    const line = (text: string) => expect.stringContaining(`w.safetensors: ${text}`);
    expect(notes).toEqual([
      [],
      [
        line('every name starts with "module.", which is left out'),
        line('weights are float64; they are computed with as float32'),
      ],
      [line('every name starts with "state_dict.module.", which is left out')],
    ]);
    expect(digests).toEqual(Array(3).fill(digests[0]));
  });

  it.each(['plan', 'submit'])(
    'that lack a tensor or have it transposed are refused by %s, with the file and each tensor',
    async (command) => {
      const own = tensors();
      own.delete('fc2.bias');
      own.set('fc1.weight', { dtype: 'F32', shape: [9216, 128], data: new Float32Array(9216 * 128) });
      const { file } = grid((path) => writeFileSync(path, writeSafetensors(own)));
      const { code, stderr } = await oodCli([command, file], env);
      expect(code).toBe(EXIT_CODES['corrupt-data']);
      expect(stderr).toContain('w.safetensors: not the weights of a lenet of 10 classes:');
      expect(stderr).toContain(
        '"fc1.weight" is F32 [9216, 128], expected F32 [128, 9216]; it looks transposed: save w.T.contiguous()',
      );
      expect(stderr).toContain('"fc2.bias" [10] is missing');
    },
  );

  it('that are a PyTorch module with its code are refused by the name of its class', async () => {
    const checkpoint = new URL('../../packages/formats/test/fixtures/torch/module-zip.pth', import.meta.url);
    const { file } = grid((path) => copyFileSync(checkpoint, path), 'model.pth');
    const { code, stderr } = await oodCli(['plan', file], env);
    expect(code).toBe(EXIT_CODES['corrupt-data']);
    expect(stderr).toMatch(
      /model\.pth: not a readable PyTorch checkpoint: it names "torch\.nn\.modules\.container\.Sequential"/,
    );
  });
});
