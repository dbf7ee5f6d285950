import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadFolderDataset } from '../src/folder/folder-dataset.js';
import { grey, read, reading, TestFolder } from './support/disguises.js';

const folder = new TestFolder();

describe('a folder', () => {
  it('whose arrays have other names is refused with what they are and how to say it', async () => {
    await expect(read('x-y')).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(
        /test\.npz: no array "images"; it holds "x" uint8 \[6, 4, 5, 3\], "y" int64 \[6\]\. Say beside dir which is which, as in arrays: \{images: x, labels: y\}$/,
      ),
    });
    await expect(read('x-y', { arrays: { images: 'x', labels: 'z' }, labels: 'unused' })).rejects.toThrow(
      /no array "z"/,
    );
  });

  it('without the split says what it looked for and what is there', async () => {
    await expect(loadFolderDataset(folder.path, 'test', reading)).rejects.toThrow(
      /looked for test\.npz, .*; the folder is empty/,
    );
    writeFileSync(join(folder.path, 'test.mat'), '');
    await expect(loadFolderDataset(folder.path, 'test', reading)).rejects.toThrow(
      /the folder holds "test\.mat"/,
    );
    await expect(loadFolderDataset(join(folder.path, 'nope'), 'test', reading)).rejects.toThrow(
      /there is no such folder/,
    );
    mkdirSync(join(folder.path, 'test.npz'));
    await expect(loadFolderDataset(folder.path, 'test', reading)).rejects.toThrow(
      /test\.npz: expected a file, it is a folder/,
    );
  });

  it('of IDX images alone is a set without labels', async () => {
    const idx = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2]), grey.data]);
    writeFileSync(join(folder.path, 't10k-images-idx3-ubyte.gz'), gzipSync(idx));
    const split = await loadFolderDataset(folder.path, 'test', { ...reading, labels: 'unused' });
    expect(split.shape).toEqual([3, 2, 2, 1]);
    expect([...split.images]).toEqual([...grey.data]);
    expect(split.labels).toBeUndefined();
    await expect(loadFolderDataset(folder.path, 'test', reading)).rejects.toThrow(
      /no labels beside it; looked for t10k-labels/,
    );
  });

  it('whose file is another than its name says is refused with what it is', async () => {
    for (const [content, title] of [
      ['', /it is an empty file/],
      ['version https://git-lfs.github.com/spec/v1\n', /it is a Git LFS pointer.*git lfs pull/],
      ['<!doctype html><html>', /it is an HTML page/],
    ] as const) {
      for (const name of ['test.npz', 'test.safetensors', 't10k-images-idx3-ubyte']) {
        writeFileSync(join(folder.path, name), content);
        await expect(loadFolderDataset(folder.path, 'test', reading), name).rejects.toMatchObject({
          code: 'corrupt-data',
          message: expect.stringMatching(title),
        });
        rmSync(join(folder.path, name));
      }
    }
  });

  it('of arrays of any type, shape and value is read, or refused with one kind of error', async () => {
    const types = [Uint8Array, Int16Array, Float32Array, Float64Array] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { maxLength: 5 }),
        fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
        fc.constantFrom(...types),
        fc.constantFrom(0, 1, -1, 2, 255, 0.5, 1 / 255, Number.NaN, Number.POSITIVE_INFINITY, 70_000),
        fc.constantFrom('bytes' as const, 'floats' as const),
        fc.constantFrom(undefined, 'chw' as const, 'hwc' as const),
        async (shape, labelShape, type, value, pixels, layout) => {
          const filled = (own: readonly number[]) => ({
            shape: own,
            data: new type(own.reduce((product, size) => product * size, 1)).fill(value),
          });
          try {
            const split = await folder.written(
              { images: filled(shape), labels: filled(labelShape) },
              { pixels, ...(layout === undefined ? {} : { layout }) },
            );
            expect(split.images.length).toBe(split.shape.reduce((product, size) => product * size, 1));
            expect(split.images.length).toBeGreaterThan(0);
            expect(split.labels?.length).toBe(split.shape[0]);
          } catch (error) {
            expect(error).toBeInstanceOf(OodError);
            expect(error).toHaveProperty('message', expect.stringContaining('test.npz'));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
