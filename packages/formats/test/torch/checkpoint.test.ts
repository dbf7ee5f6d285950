import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isTorchCheckpoint, openTorchCheckpoint } from '../../src/torch/checkpoint.js';

const at = (name: string) => new URL(`../fixtures/torch/${name}`, import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(at(name)));
const expected = z
  .record(
    z.string(),
    z.record(z.string(), z.object({ shape: z.array(z.number()), values: z.array(z.number()) })),
  )
  .parse(JSON.parse(readFileSync(at('expected.json'), 'utf8')));
const numbers = (data: Iterable<number | bigint> | undefined) => [...(data ?? [])].map(Number);

describe.each(['zip', 'legacy'])('a checkpoint of the %s form', (form) => {
  it.each(Object.keys(expected))('%s holds the values that PyTorch saved', (name) => {
    const file = bytesOf(`${name}-${form}.pth`);
    expect(isTorchCheckpoint(file)).toBe(true);
    const tensors = openTorchCheckpoint(file, name);
    const wanted = expected[name] ?? {};
    expect([...tensors.keys()].sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, { shape, values }] of Object.entries(wanted)) {
      const read = tensors.get(key)?.read();
      expect([key, read?.shape]).toEqual([key, shape]);
      // float32 and smaller are exact as float64, which PyTorch wrote as text.
      expect(numbers(read?.data)).toEqual(values);
    }
  });

  it('names the types as safetensors does', () => {
    const types = [...openTorchCheckpoint(bytesOf(`types-${form}.pth`), 't')].map(([key, { dtype }]) => [
      key,
      dtype,
    ]);
    expect(Object.fromEntries(types)).toEqual({
      f16: 'F16',
      bf16: 'BF16',
      f64: 'F64',
      i64: 'I64',
      u8: 'U8',
      bool: 'BOOL',
    });
  });

  it('of a whole module is refused by the name of its class, with the way out', () => {
    expect(() => openTorchCheckpoint(bytesOf(`module-${form}.pth`), 'm.pth')).toThrow(
      /^m\.pth: .*"torch\.nn\.modules\.container\.Sequential", which is code .*model\.state_dict\(\)/,
    );
  });

  it.each([0.25, 0.6, 0.95])('cut off at %f is refused', (share) => {
    const whole = bytesOf(`training-${form}.pth`);
    const cut = whole.subarray(0, Math.floor(share * whole.length));
    expect(() => [...openTorchCheckpoint(cut, 'c').values()].map((tensor) => tensor.read())).toThrow(/^c: /);
  });
});

it('quantised weights are refused for what they are', () => {
  expect(() => openTorchCheckpoint(bytesOf('quantised-zip.pth'), 'q')).toThrow(
    /quantised weights are not read/,
  );
});

it('a damaged storage fails its checksum', () => {
  const file = Buffer.from(bytesOf('plain-zip.pth'));
  const bias = new Float32Array(expected.plain?.['conv.bias']?.values ?? []);
  const place = file.indexOf(Buffer.from(bias.buffer));
  file.writeUInt8(file.readUInt8(place) ^ 0x40, place);
  const tensors = openTorchCheckpoint(file, 'd');
  expect(() => tensors.get('conv.bias')?.read()).toThrow(/checksum/);
  expect(tensors.get('fc.bias')?.read()?.data).toHaveLength(3);
});
