import { readFileSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeArrays } from '../src/array-types.js';
import { openSafetensors, parseNpy, parseSafetensors, writeNpz } from '../src/index.js';
import { openNpz } from '../src/npz.js';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./fixtures/user-files/${name}`, import.meta.url)));
const arrays = openNpz(fixture('arrays.npz'), 'arrays.npz');
const counted = Array.from({ length: 24 }, (_, i) => i);
const numbers = (key: string) => [...arrays.read(key).data].map(Number);

/** A header as some other program writes it, over three bytes. */
function npyOf(header: string, version = 1): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY'),
    Buffer.from([version, 0]),
    length,
    text,
    Buffer.of(7, 8, 9),
  ]);
}

describe('arrays as numpy writes them', () => {
  it('are read row by row in Fortran order and in any byte order', () => {
    for (const key of ['fortran', 'big_i4', 'big_u2_fortran']) {
      expect(arrays.read(key).shape, key).toEqual([2, 3, 4]);
      expect(numbers(key), key).toEqual(counted);
    }
    // A transposed array is saved in Fortran order: [k, j, i] holds 12 i + 4 j + k.
    expect(arrays.read('transposed').shape).toEqual([4, 3, 2]);
    expect(numbers('transposed').slice(0, 7)).toEqual([0, 12, 4, 16, 8, 20, 1]);
    expect(numbers('big_f8')).toEqual([Math.PI, -1e-300]);
  });

  it('may be integers of every width and sign', () => {
    for (const bits of [8, 16, 32, 64]) {
      const [low, one, high] = [...arrays.read(`int${bits}`).data];
      expect([low, one, high].map(String)).toEqual(
        [-(2n ** BigInt(bits - 1)), 1, 2n ** BigInt(bits - 1) - 1n].map(String),
      );
      expect([...arrays.read(`uint${bits}`).data].map(String)).toEqual(
        [0, 1, 2n ** BigInt(bits) - 1n].map(String),
      );
    }
    expect(arrays.read('bool')).toEqual({ dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) });
    expect(arrays.read('scalar')).toMatchObject({ shape: [], data: Float32Array.of(1.5) });
  });

  it('may be half precision, with its zeros, smallest numbers and infinities', () => {
    const { dtype, data } = arrays.read('half');
    expect(dtype).toBe('float16');
    // What numpy.float16 makes of 6e-8, 6.1e-5 and 0.333.
    expect([...data]).toEqual([
      0,
      -0,
      1,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.3330078125,
    ]);
  });

  it('may have versions 2 and 3 of the format', () => {
    for (const version of [2, 3])
      expect([...parseNpy(fixture(`version-${version}.npy`), 'f').data]).toEqual(counted);
  });
});

describe('headers of other writers', () => {
  it.each([
    ['no trailing comma', "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}"],
    ['another order of keys, no spaces', "{'shape':(3,),'descr':'|u1','fortran_order':False}"],
    ['double quotes', '{"descr": "|u1", "fortran_order": false, "shape": (3,), }'.replace('false', 'False')],
    ['spaces and line ends', "  {'descr' : '<u1' ,\n 'fortran_order' : True , 'shape' : ( 3 , ) , } \n\n"],
    ['long integers of Python 2', "{'descr': 'u1', 'fortran_order': False, 'shape': (3L,), }"],
    ['a list as shape', "{'descr': '=u1', 'fortran_order': False, 'shape': [3]}"],
    ['a key more', "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), 'by': ['us', None]}"],
  ])('%s', (_what, header) => {
    expect(parseNpy(npyOf(header), 'f')).toEqual({
      dtype: 'uint8',
      shape: [3],
      data: Uint8Array.of(7, 8, 9),
    });
    expect([...parseNpy(npyOf(header, 2), 'f').data]).toEqual([7, 8, 9]);
  });

  it.each([
    ["{'descr': '|u1', 'fortran_order': False, 'shape': (-3,)}"],
    ["{'descr': '|u1', 'fortran_order': False, 'shape': (3.0,)}"],
    ["{'descr': '|u1', 'fortran_order': 0, 'shape': (3,)}"],
    ["{'descr': '|u1', 'shape': (3,)}"],
    ["{'descr': __import__('os').getcwd(), 'fortran_order': False, 'shape': (3,)}"],
    [`${'('.repeat(5000)}`],
    ["{'descr': '|u1', 'fortran_order': False, 'shape': (9007199254740993,)}"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (4503599627370496, 4503599627370496)}"],
  ])('%j is refused', (header) => {
    expect(() => parseNpy(npyOf(header), 'f')).toThrow(/^f: not a readable npy array: /);
  });
});

describe('an archive', () => {
  it('gives what is asked for, whatever else it holds', () => {
    expect(arrays.keys).toContain('objects');
    expect([...arrays.read('folder/inner').data]).toEqual([0, 1, 2]);
  });

  it.each([
    ['objects', /^arrays\.npz: member "objects\.npy": .*Python objects, which only a pickle could restore/],
    ['text', /member "text\.npy": .*numpy\.unique/],
    ['record', /member "record\.npy": .*named fields/],
    ['complex', /an array of type complex: it holds no numbers of a type/],
  ])('refuses %s by name when that is asked for', (key, message) => {
    expect(() => arrays.read(key)).toThrow(message);
  });

  it('lists what it holds', () => {
    expect(describeArrays(arrays.list())).toMatch(
      /^"fortran" float64 \[2, 3, 4\], .*"objects" object \[2\].* and 2 more$/,
    );
    expect(describeArrays(openNpz(writeNpz(new Map()), 'f').list())).toBe('nothing');
  });

  it('of a packing that numpy does not use is refused by the name of the packing', () => {
    expect(() => openNpz(fixture('bzip2.npz'), 'f').read('images')).toThrow(
      /packed by bzip2.*savez_compressed/,
    );
    expect(() => openNpz(fixture('lzma.npz'), 'f').read('images')).toThrow(/packed by LZMA/);
    const locked = fixture('zip64.npz');
    const directory = Buffer.from(locked).indexOf('PK\u0001\u0002', 0, 'latin1');
    locked[directory + 8] = 1;
    expect(() => openNpz(locked, 'f').read('images')).toThrow(/member "images\.npy": it is encrypted/);
  });

  it('may have 64-bit sizes', () => {
    expect([...openNpz(fixture('zip64.npz'), 'f').read('images').data]).toEqual(counted);
  });

  it('that claims terabytes is refused before anything is unfolded', () => {
    const bomb = fixture('zip64.npz');
    const directory = Buffer.from(bomb).indexOf('PK\u0001\u0002', 0, 'latin1');
    const extra = directory + 46 + 'images.npy'.length;
    // The 64-bit size of the unpacked member is the first field of its extra block.
    new DataView(bomb.buffer).setBigUint64(extra + 4, 2n ** 42n, true);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => openNpz(bomb, 'f').read('images')).toThrow(/needs 24 bytes, the file holds/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 ** 2);
  });

  it('that needs more memory than is free is refused before anything is unfolded', () => {
    const packed = writeNpz(
      new Map([['images', { shape: [4096, 32, 32], data: new Uint8Array(4 * 1024 ** 2) }]]),
    );
    const open = (freeMib: number) => openNpz(packed, 'f', () => freeMib * 1024 ** 2);
    const refused = catchError(() => open(8).read('images'));
    expect(refused).toMatchObject({ code: 'resource-exhausted' });
    expect(refused.message).toBe(
      'f: member "images.npy" unfolds to 5 MiB and needs 9 MiB of memory while it is read; 8 MiB are free: save images as uint8, take fewer of them, or use a machine with more memory',
    );
    expect(open(9).read('images').shape).toEqual([4096, 32, 32]);
  });

  it('is not unfolded where its type and shape are not what its reader wants', () => {
    const packed = writeNpz(new Map([['labels', { shape: [1024 ** 2], data: new Uint8Array(1024 ** 2) }]]));
    let asked = 0;
    const archive = openNpz(packed, 'f', () => ++asked * Number.MAX_SAFE_INTEGER);
    expect(() =>
      archive.read('labels', ({ dtype, shape }) => {
        throw new OodError('corrupt-data', `${dtype} [${shape.join()}]`);
      }),
    ).toThrow('uint8 [1048576]');
    expect(asked).toBe(0);
  });
});

function catchError(work: () => unknown): OodError {
  try {
    work();
  } catch (thrown) {
    return OodError.from(thrown);
  }
  throw new Error('nothing was thrown');
}

describe('a safetensors file', () => {
  const tensors = openSafetensors(fixture('types.safetensors'), 'f');

  it('gives half, brain and double precision as the numbers that they are', () => {
    const wanted = [...(tensors.get('f32')?.read()?.data ?? [])];
    expect(wanted).toHaveLength(6);
    for (const key of ['f16', 'f64'])
      expect([...(tensors.get(key)?.read()?.data ?? [])], key).toEqual(wanted);
    const brain = [...(tensors.get('bf16')?.read()?.data ?? [])].map(Number);
    for (const [i, value] of brain.entries()) {
      // Eight bits of precision.
      expect(Math.abs(value - Number(wanted[i]))).toBeLessThanOrEqual(2 ** -8 * Math.abs(value));
      expect(new Uint32Array(Float32Array.of(value).buffer)[0]).toSatisfy(
        (bits: number) => bits % 65536 === 0,
      );
    }
  });

  it('may hold tensors of any type beside those that are wanted', () => {
    expect([...tensors.keys()].sort()).toEqual(['bf16', 'f16', 'f32', 'f64', 'flag', 'steps']);
    expect([...parseSafetensors(fixture('types.safetensors'), 'f').tensors.keys()].sort()).toEqual([
      'f32',
      'f64',
    ]);
    const header = Buffer.from(
      JSON.stringify({ x: { dtype: 'F8_OF_2031', shape: [3], data_offsets: [0, 5] } }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const later = openSafetensors(Buffer.concat([length, header, Buffer.alloc(5)]), 'f');
    expect(later.get('x')).toMatchObject({ dtype: 'F8_OF_2031', shape: [3] });
    expect(later.get('x')?.read()).toBeUndefined();
  });
});

describe.each(['arrays.npz', 'zip64.npz', 'version-3.npy', 'types.safetensors'])('damage to %s', (name) => {
  const good = fixture(name);
  const read = (bytes: Uint8Array): unknown => {
    if (name.endsWith('.npy')) return parseNpy(bytes, 'f');
    if (name.endsWith('.safetensors')) {
      return [...openSafetensors(bytes, 'f').values()].map((tensor) => tensor.read());
    }
    const archive = openNpz(bytes, 'f');
    return [describeArrays(archive.list()), ...archive.keys.map((key) => archive.read(key))];
  };

  it('never fails in another way, never takes memory beyond the file', () => {
    const before = process.memoryUsage().arrayBuffers;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.nat({ max: good.length }),
        fc.boolean(),
        (damage, length, isCut) => {
          const bytes = good.slice(0, isCut ? length : good.length);
          for (const [at, value] of damage) if (at < bytes.length) bytes[at] = value;
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(OodError);
            expect(error).toMatchObject({ code: 'corrupt-data', message: expect.stringMatching(/^f: /) });
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 1024 ** 2);
  });
});
