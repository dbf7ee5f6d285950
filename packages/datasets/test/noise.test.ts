import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpz } from '@oodgrid/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNoiseFile, uniformNoise } from '../src/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-noise-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('noise images', () => {
  // numpy 2.4.6: numpy.random.RandomState(7).randint(0, 255, [2, 3, 1, 2], dtype=numpy.uint8), and moveaxis(1, 3) of it.
  const PLANAR = [175, 240, 136, 19, 196, 228, 50, 58, 25, 194, 168, 199];
  const PIXELS = [175, 136, 196, 240, 19, 228, 50, 25, 168, 58, 194, 199];

  it('of a seed are the bytes that numpy gives in the order of PyTorch, as pixels of channels', () => {
    expect(uniformNoise(7, 2, [1, 2, 3])).toEqual({
      images: Uint8Array.from(PIXELS),
      shape: [2, 1, 2, 3],
    });
  });

  it('of a file are the same pixels, whatever else the file holds', async () => {
    const planar = Uint8Array.from(PLANAR);
    const path = join(folder, 'noise.npz');
    const noise = { shape: [2, 3, 1, 2], data: planar };
    writeFileSync(
      path,
      writeNpz(
        new Map([
          ['else', { shape: [1], data: Uint8Array.of(1) }],
          ['noise_uint8', noise],
        ]),
      ),
    );
    expect(await readNoiseFile(path, [1, 2, 3])).toEqual(uniformNoise(7, 2, [1, 2, 3]));
    writeFileSync(path, writeNpz(new Map([['any', noise]])));
    expect(await readNoiseFile(path, [1, 2, 3])).toEqual(uniformNoise(7, 2, [1, 2, 3]));
  });

  it('of another size or type, of two arrays or of no file are refused with what is there', async () => {
    const path = join(folder, 'wrong.npz');
    const bytes = { shape: [2, 3, 1, 2], data: new Uint8Array(12) };
    const floats = { shape: [2, 3, 1, 2], data: new Float32Array(12) };
    const cases = [
      new Map([
        ['a', bytes],
        ['b', bytes],
      ]),
      new Map([['a', floats]]),
      new Map([['a', { ...bytes, shape: [2, 1, 2, 3] }]]),
    ];
    for (const arrays of cases) {
      writeFileSync(path, writeNpz(arrays));
      await expect(readNoiseFile(path, [1, 2, 3], '; or a seed')).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(/expected one uint8 array \[n, 3, 1, 2\].*; or a seed$/),
      });
    }
    await expect(readNoiseFile(join(folder, 'none.npz'), [1, 2, 3])).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
