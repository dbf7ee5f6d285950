import { sha256 } from '@oodgrid/contract';
import { describe, expect, it } from 'vitest';
import { parseSplitBlob } from '../src/dataset-blob.js';
import type { FolderReading } from '../src/folder/folder-format.js';
import { datasetBlob } from '../src/index.js';
import { grey, read, TestFolder } from './support/disguises.js';

const folder = new TestFolder();
const three = { shape: [3], data: Uint8Array.of(2, 0, 1) };

describe('one data set', () => {
  // SHA-256 of the blob of the plain one, as it has always been.
  const PLAIN = 'a697c16b';

  it.each<[string, RegExp | null, Partial<FolderReading>?]>([
    ['plain', null],
    ['fortran', null],
    ['big-endian', null],
    ['floats-0-1', /"images" are float32 multiples of 1\/255 in 0\.\.1; they are taken as the bytes/],
    ['doubles-0-1', /float64 multiples of 1\/255/],
    ['halves-0-1', /float16 multiples of 1\/255/],
    ['scaled', /float32 multiples of 1\/255/],
    ['floats-0-255', /"images" are float64 whole numbers in 0\.\.255/],
    ['wide', null],
    ['channels-first', /"images" \[6, 3, 4, 5\] are taken as \[n, channels, height, width\] \(layout: chw\)/],
    ['channels-first-view', /layout: chw/],
    ['channels-first', null, { layout: 'chw', inputs: [] }],
    ['one-hot', /"labels" \[6, 10\] are one-hot; the class is the place of the 1/],
    ['column', null],
    ['with-more', null],
    ['x-y', null, { arrays: { images: 'x', labels: 'y' } }],
    ['data-targets', null, { arrays: { images: 'data', labels: 'targets' } }],
    ['nested', null],
    ['nested', null, { arrays: { images: 'set/images', labels: 'set/labels' } }],
    ['safetensors', /multiples of 1\/255/],
    ['safetensors-f64', /float64 multiples of 1\/255/],
  ])('in the disguise %s gives the same blob', async (name, note, own) => {
    const split = await read(name, own);
    expect(split.shape).toEqual([6, 4, 5, 3]);
    expect([...(split.labels ?? [])]).toEqual([3, 0, 9, 1, 1, 7]);
    expect([...split.images.slice(0, 3)]).toEqual([0, 128, 255]);
    expect(sha256(datasetBlob(split)).slice(0, 8)).toBe(PLAIN);
    if (note === null) expect(split.notes).toEqual([]);
    else expect(split.notes.join('\n')).toMatch(note);
  });
});

describe('floats', () => {
  it('that are no bytes are refused with both ways out, and the place of one', async () => {
    await expect(read('normalised')).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(
        /test\.npz: "images": float32 from -0\.81\d+ to 2\.02\d+ \(-0\.81\d+ in image 0 at \[0, 0, 0\]\) are no bytes\..* normalisation: none .* numpy\.round\(images \* 255\)/,
      ),
    });
  });

  it('are used as they are where the grid says so', async () => {
    const split = await read('normalised', { pixels: 'floats' });

    expect([...split.images.slice(0, 3)]).toEqual(
      [0, 128, 255].map((byte) => Math.fround((byte / 255 - 0.286) / 0.353)),
    );
    const { images, labels, shape } = parseSplitBlob(datasetBlob(split), 'f');
    expect({ images, labels, shape }).toEqual({
      images: split.images,
      labels: split.labels,
      shape: split.shape,
    });
    expect((await read('doubles-0-1', { pixels: 'floats' })).images).toBeInstanceOf(Float32Array);
    await expect(read('plain', { pixels: 'floats' })).rejects.toThrow(
      /"images": uint8, but normalisation: none/,
    );
  });

  it.each([
    ['a step between two bytes', Float32Array.of(0, 1, 0.5, 0.25)],
    ['beyond 0..1', Float32Array.of(0, 1, 2 / 255, -1 / 255)],
    ['beyond 0..255', Float32Array.of(0, 1, 2, 256)],
  ])('with %s are no bytes', async (_what, data) => {
    await expect(
      folder.written({ images: { shape: [1, 2, 2], data }, labels: { shape: [1], data: Uint8Array.of(0) } }),
    ).rejects.toThrow(/are no bytes/);
  });

  it.each(['bytes', 'floats'] as const)(
    'that are not finite are refused as %s, with their place',
    async (pixels) => {
      const data = Float64Array.from({ length: 12 }, (_, i) => (i === 6 ? Number.NaN : 0));
      await expect(
        folder.written({ images: { shape: [3, 2, 2], data }, labels: three }, { pixels }),
      ).rejects.toThrow(/"images": NaN in image 1 at \[1, 0\]/);
      data[6] = 1e300;
      if (pixels === 'floats')
        await expect(
          folder.written({ images: { shape: [3, 2, 2], data }, labels: three }, { pixels }),
        ).rejects.toThrow(/Infinity/);
    },
  );
});

describe('images of integers', () => {
  it('beyond 0 to 255 are refused with their place', async () => {
    const data = Int32Array.from({ length: 12 }, (_, i) => (i === 11 ? -1 : 0));
    await expect(folder.written({ images: { shape: [3, 2, 2], data }, labels: three })).rejects.toThrow(
      /"images": int32 with -1 in image 2 at \[1, 1\]; images of integers must be 0 to 255/,
    );
  });

  it('of nothing but 0 and 1 are bytes, and a note says that these are black', async () => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => i % 2);
    const { notes, images } = await folder.written({ images: { shape: [3, 2, 2], data }, labels: three });
    expect(images).toEqual(data);
    expect(notes.join()).toMatch(/hold only 0 and 1, which as bytes are black/);
  });
});

describe('rows of numbers', () => {
  it('are grey images where the model says of which size, and else a question of the layout', async () => {
    const rows = { images: { shape: [3, 4], data: grey.data }, labels: three };
    expect(await folder.written(rows)).toMatchObject({
      shape: [3, 2, 2, 1],
      notes: [expect.stringMatching(/each row is taken as an image of 2x2x1/)],
    });
    await expect(folder.written(rows, { inputs: [[1, 2, 2]] })).rejects.toThrow(
      /rows of 4 numbers .* or say layout: chw or hwc/,
    );
    const planes = await folder.written(rows, { inputs: [[1, 2, 2]], layout: 'chw' });
    expect(planes.shape).toEqual([3, 1, 2, 2]);
    expect([...planes.images.slice(0, 4)]).toEqual([0, 40, 20, 60]);
  });
});

describe('labels', () => {
  it('may be left out where nothing needs them', async () => {
    for (const use of ['unused', 'wanted'] as const) {
      const split = await read('unlabelled', { labels: use });
      expect(split.labels).toBeUndefined();
      expect(parseSplitBlob(datasetBlob(split), 'f').labels).toBeUndefined();
    }
    await expect(read('unlabelled')).rejects.toThrow(
      /test\.npz: no array "labels"; it holds "images" uint8 \[6, 4, 5, 3\]/,
    );
  });

  it('beyond bytes keep their values', async () => {
    const split = await read('many-classes');
    expect(split.labels).toEqual(Int32Array.of(0, 300, 70000, -1, 5, 2));
    expect(parseSplitBlob(datasetBlob(split), 'f').labels).toEqual(split.labels);
  });

  it('of a single image may be one-hot too', async () => {
    const images = { shape: [1, 2, 2], data: Uint8Array.of(1, 2, 3, 4) };
    const split = await folder.written({ images, labels: { shape: [1, 3], data: Uint8Array.of(0, 0, 1) } });
    expect(split.labels).toEqual(Uint8Array.of(2));
  });

  it.each([
    ['object-labels', /member "labels\.npy": .*Python objects, which only a pickle could restore/],
    [
      'soft-labels',
      /"labels": sample 0 has a row of 10 numbers that is not one-hot; .*numpy\.argmax\(labels, axis=1\)/,
    ],
  ])(
    'that are none (%s) are refused by name, and left out with a note where nothing needs them',
    async (name, message) => {
      for (const use of ['needed', 'wanted'] as const)
        await expect(read(name, { labels: use })).rejects.toThrow(message);
      const split = await read(name, { labels: 'unused' });
      expect(split.labels).toBeUndefined();
      expect(split.notes.join()).toMatch(message);
      expect(split.notes.join()).toMatch(/nothing here needs them, so they are left out/);
    },
  );

  it.each([
    ['a fraction', Float32Array.of(0, 1.5, 2), /sample 1 has label 1\.5, which is no class number/],
    ['NaN', Float64Array.of(0, 1, Number.NaN), /sample 2 has label NaN/],
    ['more than 32 bits', BigInt64Array.of(0n, 2n ** 40n, 1n), /sample 1 has label 1099511627776/],
  ])('with %s are refused with the sample', async (_what, data, message) => {
    await expect(folder.written({ images: grey, labels: { shape: [3], data } })).rejects.toThrow(message);
  });

  it('must be one per image', async () => {
    await expect(
      folder.written({ images: grey, labels: { shape: [2], data: Uint8Array.of(1, 2) } }),
    ).rejects.toThrow(/"labels": uint8 \[2\] must be \[3\], one per image/);
  });
});
