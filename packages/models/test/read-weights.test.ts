import { readFileSync } from 'node:fs';
import { OodError } from '@oodgrid/contract';
import { parseSafetensors } from '@oodgrid/formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenet } from '../src/architectures/lenet.js';
import { resnet34Cifar } from '../src/architectures/resnet-cifar.js';
import { readWeights } from '../src/read-weights.js';

const model = { name: 'mine', architecture: lenet, classes: 10 };
const file = new Uint8Array(
  readFileSync(new URL('../../../models/lenet-fmnist.safetensors', import.meta.url)),
);
const bundled = parseSafetensors(file, 'f').tensors;

interface Raw {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A file of tensors of any type, as other writers lay it out: header first, tensors in their order. */
function safetensors(tensors: Readonly<Record<string, Raw>>): Uint8Array {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [key, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[key] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer, byteOffset, byteLength);
const values = (key: string) => {
  const data = bundled.get(key)?.data;
  if (!(data instanceof Float32Array)) throw new Error(`no ${key}`);
  return data;
};
const plain = (): Record<string, Raw> =>
  Object.fromEntries(
    [...bundled].map(([key, { dtype, shape, data }]) => [key, { dtype, shape, bytes: bytesOf(data) }]),
  );
const renamed = (rename: (key: string) => string) =>
  Object.fromEntries(Object.entries(plain()).map(([key, raw]) => [rename(key), raw]));
const retyped = (dtype: string, convert: (data: Float32Array) => ArrayBufferView) =>
  Object.fromEntries(
    [...bundled].map(([key, { shape }]) => [key, { dtype, shape, bytes: bytesOf(convert(values(key))) }]),
  );
const read = (tensors: Readonly<Record<string, Raw>>, own = {}) =>
  readWeights(safetensors(tensors), 'w.safetensors', { ...model, ...own });
const upperHalf = (data: Float32Array) =>
  Uint16Array.from(new Uint32Array(Float32Array.from(data).buffer), (bits) => bits >>> 16);

describe('weights', () => {
  it('that are what is wanted stay as they are, to the byte', () => {
    const { blob, notes } = readWeights(file, 'f', model);
    expect(blob).toBe(file);
    expect(notes).toEqual([]);
  });

  it.each([
    ['module.', 'module.'],
    ['_orig_mod.', '_orig_mod.'],
    ['_orig_mod.module.', '_orig_mod.module.'],
    ['state_dict.model.', 'state_dict.model.'],
  ])('whose names start with %s are the same blob, and that is said', (prefix) => {
    const { blob, notes } = read(renamed((key) => prefix + key));
    expect(Buffer.compare(blob, file)).toBe(0);
    expect(notes).toEqual([`w.safetensors: every name starts with "${prefix}", which is left out`]);
  });

  it('in double precision are the same blob, and that is said once', () => {
    const { blob, notes } = read(retyped('F64', (data) => Float64Array.from(data)));
    expect(Buffer.compare(blob, file)).toBe(0);
    expect(notes).toEqual(['w.safetensors: weights are float64; they are computed with as float32']);
  });

  it('in bfloat16 become the float32 with the same upper half', () => {
    const { blob, notes } = read(retyped('BF16', upperHalf));
    const { tensors } = parseSafetensors(blob, 'f');
    expect([...tensors.keys()].sort()).toEqual([...bundled.keys()].sort());
    const [got, want] = [tensors.get('fc2.weight')?.data, values('fc2.weight')];
    expect([...(got ?? [])]).toEqual([
      ...new Float32Array(Uint32Array.from(upperHalf(want), (upper) => upper << 16).buffer),
    ]);
    expect(notes).toEqual([expect.stringContaining('weights are bfloat16')]);
  });

  it('may have tensors of any type beside them, which are named and passed over', () => {
    const { blob, notes } = read({
      ...plain(),
      'bn1.num_batches_tracked': { dtype: 'I64', shape: [], bytes: new Uint8Array(8) },
      scale: { dtype: 'F8_E4M3', shape: [3], bytes: new Uint8Array(3) },
    });
    expect(parseSafetensors(blob, 'f').tensors.get('fc2.bias')?.data).toEqual(values('fc2.bias'));
    expect(notes).toEqual(['w.safetensors: tensors that a lenet does not use: "scale"']);
  });
});

describe('weights that cannot be used are refused, tensor by tensor', () => {
  it('missing, transposed, of other axes, and quantised ones in one message', () => {
    const tensors = plain();
    delete tensors['fc1.bias'];
    const bytes = (count: number, width = 4) => new Uint8Array(count * width);
    tensors['fc1.b'] = { dtype: 'F32', shape: [128], bytes: bytes(128) };
    tensors['fc1.weight'] = { dtype: 'F32', shape: [9216, 128], bytes: bytes(9216 * 128) };
    tensors['conv2.weight'] = { dtype: 'F32', shape: [3, 3, 32, 64], bytes: bytes(9 * 32 * 64) };
    tensors['conv2.bias'] = { dtype: 'I8', shape: [64], bytes: bytes(64, 1) };
    tensors['conv1.bias'] = { dtype: 'F32', shape: [33], bytes: bytes(33) };
    expect(() => read(tensors)).toThrow(
      [
        'w.safetensors: not the weights of a lenet of 10 classes:',
        '  "conv1.bias" is F32 [33], expected F32 [32]',
        '  "conv2.weight" is F32 [3, 3, 32, 64], expected F32 [64, 32, 3, 3]; its axes are in another order: save w.permute(3, 2, 0, 1).contiguous()',
        '  "conv2.bias" is I8 [64], expected F32 [64]; weights that are quantised or complex are not read',
        '  "fc1.weight" is F32 [9216, 128], expected F32 [128, 9216]; it looks transposed: save w.T.contiguous()',
        '  "fc1.bias" [128] is missing',
        '  unexpected: "fc1.b" F32 [128]',
      ].join('\n'),
    );
  });

  it('those of another architecture', () => {
    expect(() => read(plain(), { architecture: resnet34Cifar })).toThrow(
      /^w\.safetensors: not the weights of a resnet34-cifar of 10 classes:\n {2}"conv1\.weight" is F32 \[32, 1, 3, 3\], expected F32 \[64, 3, 3, 3\]\n {2}"bn1\.weight" \[64\] is missing\n[\s\S]*\.\.\. and \d+ more\n {2}unexpected: "conv1\.bias"/,
    );
  });

  it('another number of classes, and the same tensors under two names', () => {
    expect(() => read(plain(), { classes: 7 })).toThrow(/"fc2\.weight" has 10 classes, .* set classes: 10/);
    const twice = { ...renamed((key) => `model.${key}`), ...renamed((key) => `ema.${key}`) };
    expect(() => read(twice)).toThrow(/there more than once, under "model\." and "ema\."/);
  });

  it('numbers that are not finite, or beyond float32', () => {
    const far = retyped('F64', (data) => Float64Array.from(data, (value, i) => (i === 2 ? 1e300 : value)));
    expect(() => read(far)).toThrow(
      /tensor "conv1\.weight" holds 1e\+300 at element 2, which float32 does not reach/,
    );
    const infinite = retyped('BF16', (data) => Uint16Array.from(data, (_, i) => (i === 3 ? 0x7f80 : 0)));
    expect(() => read(infinite)).toThrow(/tensor "conv1\.weight" holds Infinity at element 3$/);
  });

  it.each([
    ['checkpoint.pth', /it holds no tensor by name; save model\.state_dict\(\)/],
    ['checkpoint-legacy.pth', /not a readable PyTorch checkpoint: 1 bytes are claimed/],
    ['model.onnx', /it is an ONNX model; save the PyTorch model's state_dict/],
    ['keras.h5', /it is an HDF5 file \(Keras weights or h5py\)/],
    ['objects.pkl', /it is a Python pickle, which could run code/],
  ])('a file without weights: %s', (name, message) => {
    const bytes = new Uint8Array(
      readFileSync(new URL(`../../formats/test/fixtures/user-files/${name}`, import.meta.url)),
    );
    expect(() => readWeights(bytes, name, model)).toThrow(message);
  });

  it('whatever is wrong with them, with one kind of error', () => {
    const small = Object.fromEntries(
      Object.entries(plain()).map(([key, { dtype }]) => [
        key,
        { dtype, shape: [1], bytes: new Uint8Array(4) },
      ]),
    );
    const good = safetensors(small);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 6 }),
        (damage) => {
          const bytes = Uint8Array.from(good);
          for (const [at, value] of damage) bytes[at] = value;
          try {
            readWeights(bytes, 'f', model);
          } catch (error) {
            expect(error).toBeInstanceOf(OodError);
            expect(error).toHaveProperty('message', expect.stringMatching(/^f: /));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
