import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCifarBinary } from '../src/cifar-binary.js';
import { parseIdx } from '../src/idx.js';
import { parseNpz, parseSafetensors, writeSafetensors } from '../src/index.js';
import { parseMat5 } from '../src/mat5.js';
import { type FileKind, whatIsThisFile } from '../src/what-is-this-file.js';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./fixtures/user-files/${name}`, import.meta.url)));
const text = (value: string) => new TextEncoder().encode(value);

const FILES: readonly (readonly [FileKind, Uint8Array])[] = [
  ['empty', new Uint8Array()],
  ['html', text('\n<!DOCTYPE html>\n<html><title>404 Not Found</title></html>')],
  ['html', text('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  ['git-lfs', text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n')],
  ['json', text('{"error": "rate limited"}')],
  ['text', text('label,pixel0,pixel1\n5,0,0\n')],
  ['gzip', gzipSync(text('x'))],
  ['bzip2', text('BZh91AY&SY')],
  ['npz', fixture('arrays.npz')],
  ['npy', fixture('version-2.npy')],
  ['safetensors', fixture('types.safetensors')],
  ['mat-7.3', fixture('matlab-7.3.mat')],
  ['mat-5', fixture('matlab-5.mat')],
  ['hdf5', fixture('keras.h5')],
  ['onnx', fixture('model.onnx')],
  ['torch-zip', fixture('checkpoint.pth')],
  ['torch-legacy', fixture('checkpoint-legacy.pth')],
  ['pickle', fixture('objects.pkl')],
];

describe('a file', () => {
  it.each(FILES)('%s is told by its bytes', (kind, bytes) => {
    expect(whatIsThisFile(bytes)?.kind).toBe(kind);
  });

  it('of nothing known is told to be nothing', () => {
    expect(whatIsThisFile(Uint8Array.of(1, 2, 3, 0, 255, 254))).toBeUndefined();
    const plain = writeSafetensors(new Map([['x', { dtype: 'U8', shape: [1], data: Uint8Array.of(1) }]]));
    expect(whatIsThisFile(plain)?.kind).toBe('safetensors');
  });

  it('of any bytes is looked at without failing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void whatIsThisFile(bytes)));
  });
});

describe('a reader that is given another file', () => {
  const READERS: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    npz: (bytes) => parseNpz(bytes, 'f'),
    safetensors: (bytes) => parseSafetensors(bytes, 'f'),
    idx: (bytes) => parseIdx(bytes, 'f'),
    'mat-5': (bytes) => parseMat5(bytes, 'f', ['X']),
    cifar: (bytes) => parseCifarBinary(bytes, 'f'),
  };

  it.each(Object.entries(READERS))('%s says which, and what to do', (reader, read) => {
    for (const [kind, bytes] of FILES) {
      // IDX and CIFAR-10 files may be gzipped.
      if (kind === reader || (kind === 'gzip' && ['idx', 'cifar'].includes(reader))) continue;
      const found = whatIsThisFile(bytes);
      expect(() => read(bytes), kind).toThrow(`it is ${found?.title}; ${found?.advice}`);
    }
  });

  it('says that of what was gzipped, too', () => {
    expect(() => parseIdx(gzipSync(text('<html>502 Bad Gateway</html>')), 'f')).toThrow(/it is an HTML page/);
  });
});
