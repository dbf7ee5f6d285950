import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TensorEntry, writeNpz, writeSafetensors } from '@oodgrid/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScoresFile } from '../src/grid/scores-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oodgrid-scores-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WANTED = [{ names: ['m/a'], what: 'the test set of "a"', count: 3 }];
const float64 = Float64Array.of(1, 1 + 2 ** -40, 0.5);

describe('a file of scores', () => {
  it('says how many distinct scores fall together as float32', async () => {
    const arrays = new Map([['m/a', { shape: [3], data: float64 }]]);
    writeFileSync(join(folder, 'mine.npz'), writeNpz(arrays));
    const file = await ScoresFile.open('mine.npz', folder, 'methods[0] mine');
    expect(file.read(WANTED)).toEqual([{ scores: Float32Array.of(1, 1, 0.5), merged: 1 }]);
  });

  it('may be safetensors, of any float or integer type', async () => {
    const tensors: readonly TensorEntry[] = [
      { dtype: 'F64', shape: [3], data: float64 },
      { dtype: 'I32', shape: [3], data: Int32Array.of(1, -5, 2) },
    ];
    for (const tensor of tensors) {
      writeFileSync(join(folder, 'mine.safetensors'), writeSafetensors(new Map([['m/a', tensor]])));
      const file = await ScoresFile.open('mine.safetensors', folder, 'methods[0] mine');
      expect(file.read(WANTED)[0]?.scores).toEqual(Float32Array.from(tensor.data, Number));
    }
  });

  it('that is damaged is told by its path', async () => {
    writeFileSync(join(folder, 'page.npz'), '<!DOCTYPE html><html>404');
    await expect(ScoresFile.open('page.npz', folder, 'methods[0] mine')).rejects.toMatchObject({
      code: 'corrupt-data',
      message: expect.stringMatching(/page\.npz: not a readable npz archive: it is an HTML page/),
    });
  });
});
