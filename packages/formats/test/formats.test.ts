import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseCifarBinary } from '../src/cifar-binary.js';
import { parseIdx } from '../src/idx.js';
import {
  type NpyArray,
  parseNpy,
  parseNpz,
  parseSafetensors,
  type TensorEntry,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from '../src/index.js';
import { parseMat5 } from '../src/mat5.js';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

const idx = (shape: readonly number[], data: Uint8Array): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, data]);
};

const npz = writeNpz(
  new Map<string, NpyArray>([['a', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }]]),
);
const safetensors = writeSafetensors(
  new Map<string, TensorEntry>([
    ['w', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ['n', { dtype: 'U8', shape: [3], data: Uint8Array.of(7, 8, 9) }],
  ]),
);

/** Every reader with a file that it accepts. */
const READERS: Readonly<
  Record<string, { readonly good: Uint8Array; readonly read: (bytes: Uint8Array) => unknown }>
> = {
  idx: { good: idx([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)), read: (bytes) => parseIdx(bytes, 'f') },
  'idx.gz': {
    good: gzipSync(idx([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6))),
    read: (bytes) => parseIdx(bytes, 'f'),
  },
  npy: {
    good: writeNpy({ shape: [3], data: Float64Array.of(1, 2, 3) }),
    read: (bytes) => parseNpy(bytes, 'f'),
  },
  npz: { good: npz, read: (bytes) => parseNpz(bytes, 'f') },
  safetensors: { good: safetensors, read: (bytes) => parseSafetensors(bytes, 'f') },
  'MATLAB 5': { good: fixture('svhn.mat'), read: (bytes) => parseMat5(bytes, 'f', ['X', 'y']) },
  'CIFAR-10': { good: new Uint8Array(3073 * 2), read: (bytes) => parseCifarBinary(bytes, 'f') },
};

describe.each(Object.entries(READERS))('%s', (_name, { good, read }) => {
  it('reads what it should', () => {
    expect(() => read(good)).not.toThrow();
  });

  it('refuses a file that was cut anywhere with one kind of error that names it', () => {
    // Every place, not some drawn ones: ends of a header or of one variable are few among them.
    for (let length = 0; length < good.length; length++) {
      // A CIFAR-10 file may end after any record.
      if (length % 3073 === 0 && length > 0) continue;
      const error = thrownBy(() => read(good.slice(0, length)));
      expect(error, `cut after ${length} bytes`).toBeInstanceOf(OodError);
      expect(error).toMatchObject({ code: 'corrupt-data', message: expect.stringMatching(/^f: /) });
    }
  });

  it('never fails in another way on damaged bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (damage) => {
          const bytes = good.slice();
          for (const [at, value] of damage) bytes[at] = value;
          const error = thrownBy(() => read(bytes));
          if (error !== undefined)
            expect(error).toMatchObject({ code: 'corrupt-data', message: expect.stringMatching(/^f: /) });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('headers that promise too much', () => {
  it('are refused before anything is allocated', () => {
    const terabytes = (header: object) => {
      const text = Buffer.from(JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, text, Buffer.alloc(16)]);
    };
    const before = process.memoryUsage().arrayBuffers;
    expect(() =>
      parseSafetensors(terabytes({ x: { dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 2 ** 42] } }), 'f'),
    ).toThrow(/ends at byte/);
    expect(() =>
      parseSafetensors(terabytes({ x: { dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 16] } }), 'f'),
    ).toThrow(/needs 4398046511104 bytes/);
    const header = Buffer.alloc(16);
    header.writeBigUInt64LE(2n ** 62n);
    expect(() => parseSafetensors(header, 'f')).toThrow(/the header claims/);
    expect(() => parseIdx(idx([0xffffffff, 0xffffffff], new Uint8Array(4)), 'f')).toThrow(/needs/);
    expect(() => parseIdx(gzipSync(idx([2 ** 20], new Uint8Array(2 ** 20))).subarray(0, 40), 'f')).toThrow(
      /could not be unpacked/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 ** 2);
  });

  it('a small archive that unfolds beyond what its directory says is refused', () => {
    const bomb = writeNpz(
      new Map<string, NpyArray>([['a', { shape: [1 << 22], data: new Uint8Array(1 << 22) }]]),
    ).slice();
    const view = new DataView(bomb.buffer);
    const directory = view.getUint32(bomb.length - 6, true);
    view.setUint32(directory + 24, 1000, true);
    expect(() => parseNpz(bomb, 'f')).toThrow(/member "a.npy": shape \[4194304\] needs 4194304 bytes/);
  });

  it('a small gzip that unfolds beyond what its header says is refused before it is unpacked', () => {
    const bomb = gzipSync(Buffer.concat([idx([4], new Uint8Array(4)), Buffer.alloc(200 * 1024 ** 2)]));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseIdx(bomb, 'f')).toThrow(/^f: /);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });

  it('many tensors over the same bytes are refused before any is copied', () => {
    const data = Buffer.alloc(512 * 1024);
    const entries = Array.from({ length: 1000 }, (_, i) => [
      `t${i}`,
      { dtype: 'U8', shape: [data.length], data_offsets: [0, data.length] },
    ]);
    const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => parseSafetensors(Buffer.concat([length, text, data]), 'f')).toThrow(/overlap/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 ** 2);
  });
});

describe('damage that leaves the structure whole', () => {
  it('a changed byte in the payload of an npz member fails its checksum', () => {
    // Only a stored member can change without its compression noticing: rewrite one that way.
    const payload = writeNpy({ shape: [2], data: Float64Array.of(1, Math.PI) });
    const stored = zipSync({ 'doubles.npy': [payload, { level: 0 }] });
    const at = Buffer.from(stored).indexOf(Buffer.from(new Float64Array([Math.PI]).buffer));
    expect(at).toBeGreaterThan(0);
    stored[at] = (stored[at] ?? 0) ^ 1;
    expect(() => parseNpz(stored, 'f')).toThrow(/member "doubles.npy": it fails its checksum/);
  });

  it.each([
    ['a negative size', [-1, 2], 'double', 16, /negative size \[-1, 2\]/],
    ['half a double', [1, 1], 'double', 12, /12 bytes are no whole number of doubles/],
    ['a size that the data does not have', [3, 1], 'uint8', 2, /^f: /],
  ] as const)('a MATLAB array with %s is refused', (_what, shape, kind, bytes, message) => {
    expect(() => parseMat5(matFile(shape, kind, bytes), 'f', ['x'])).toThrow(message);
  });
});

/** A MATLAB 5 file of one array `x` whose parts need not fit together. */
function matFile(shape: readonly number[], kind: 'double' | 'uint8', bytes: number): Uint8Array {
  const element = (type: number, body: Uint8Array) => {
    const padded = Buffer.alloc(8 + Math.ceil(body.length / 8) * 8);
    padded.writeUInt32LE(type, 0);
    padded.writeUInt32LE(body.length, 4);
    padded.set(body, 8);
    return padded;
  };
  const matrix = Buffer.concat([
    element(6, new Uint8Array(8)),
    element(5, new Uint8Array(Int32Array.from(shape).buffer)),
    element(1, Buffer.from('x')),
    element(kind === 'double' ? 9 : 2, new Uint8Array(bytes)),
  ]);
  const header = Buffer.alloc(128);
  header.write('IM', 126);
  return Buffer.concat([header, element(14, matrix)]);
}

describe('what numpy and SciPy wrote', () => {
  it('is read value by value', () => {
    const arrays = parseNpz(fixture('arrays.npz'), 'arrays.npz');
    expect(arrays.get('images')).toEqual({
      dtype: 'uint8',
      shape: [2, 3, 4],
      data: Uint8Array.from({ length: 24 }, (_, i) => i),
    });
    expect(arrays.get('labels')).toEqual({
      dtype: 'int64',
      shape: [2],
      data: BigInt64Array.of(3n, 1n),
    });
    expect(arrays.get('scores')).toMatchObject({ shape: [1, 2], data: Float32Array.of(0.5, -1.25) });
    expect(arrays.get('doubles')).toMatchObject({
      shape: [2],
      data: Float64Array.of(1e-300, Math.PI),
    });
    const mat = parseMat5(fixture('svhn.mat'), 'svhn.mat', ['X', 'y']);
    expect(mat.X.shape).toEqual([32, 32, 3, 2]);
    // Column-major: the first axis runs fastest, and C order's first axis has a stride of 192.
    expect([...mat.X.data.slice(0, 3)]).toEqual([0, 192, 384 % 251]);
    expect(mat.y.shape).toEqual([2, 1]);
    expect([...mat.y.data]).toEqual([10, 7]);
  });

  it('survives a round trip through our writers', () => {
    const arrays = new Map<string, NpyArray>([
      ['f', { shape: [2, 2], data: Float32Array.of(1, -2, 3, 1e-40) }],
      ['d', { shape: [1], data: Float64Array.of(0.1) }],
      ['i', { shape: [2], data: Int32Array.of(-1, 5) }],
      ['u', { shape: [0], data: new Uint8Array() }],
    ]);
    const read = parseNpz(writeNpz(arrays), 'f');
    expect([...read.keys()]).toEqual([...arrays.keys()]);
    for (const [key, array] of arrays) expect(read.get(key)).toMatchObject(array);
    expect(Buffer.compare(writeNpz(arrays), writeNpz(arrays))).toBe(0);
    expect(parseSafetensors(safetensors, 'f').tensors.get('w')?.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});
