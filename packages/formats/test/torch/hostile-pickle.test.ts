import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { openTorchCheckpoint } from '../../src/torch/checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const touched = join(folder, 'touched');

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from('X'), uint32(bytes.length), bytes]);
};
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const pickle = (...parts: (string | Buffer)[]) =>
  Buffer.concat([
    Buffer.from([0x80, 2]),
    ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  ]);
const checkpoint = (data: Buffer, others: Record<string, Uint8Array> = {}) =>
  zipSync({ 'archive/data.pkl': data, ...others }, { level: 0 });
const open = (data: Buffer, others?: Record<string, Uint8Array>) => () =>
  [...openTorchCheckpoint(checkpoint(data, others), 'w.pth').values()].map((tensor) => tensor.read());

const storage = (entries: Buffer | string) =>
  Buffer.concat([
    Buffer.from('('),
    text('storage'),
    Buffer.from('ctorch\nFloatStorage\n'),
    text('0'),
    text('cpu'),
    Buffer.from(entries as string),
    Buffer.from('tQ'),
  ]);
/** {"w": tensor} with sizes and strides as opcodes. */
const tensor = (entries: string, offset: string, sizes: string, strides: string) =>
  pickle(
    '}',
    text('w'),
    'ctorch._utils\n_rebuild_tensor_v2\n(',
    storage(Buffer.from(entries, 'latin1')),
    offset,
    sizes,
    strides,
    '\x89ccollections\nOrderedDict\n)RtRs.',
  );
const floats = { 'archive/data/0': new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer) };

describe('code in a checkpoint is refused by name and does not run', () => {
  it.each([
    ['posix.system', pickle('cposix\nsystem\n', text(`touch ${touched}`), '\x85R.')],
    ['os.system', pickle(text('os'), text('system'), '\x93', text(`touch ${touched}`), '\x85R.')],
    ['builtins.eval', pickle('cbuiltins\neval\n', text('1'), '\x85R.')],
    ['builtins.getattr', pickle('cbuiltins\ngetattr\n(ccollections\nOrderedDict\n', text('x'), 'tR.')],
    ['torch.hub.load', pickle('}', text('state_dict'), 'ctorch.hub\nload\n)Rs.')],
    ['torch.load', pickle('ctorch\nload\n)R.')],
    ['numpy.load', pickle('cnumpy\nload\n)R.')],
    ['collections.OrderedDict.__reduce__', pickle('ccollections\nOrderedDict.__reduce__\n)R.')],
    ['__main__.Net', pickle('c__main__\nNet\n)\x81}b.')],
  ])('%s', (name, data) => {
    expect(open(data)).toThrow(`it names ${JSON.stringify(name)}, which is code and not data`);
    expect(existsSync(touched)).toBe(false);
  });

  it('nested: what a call gives is never called', () => {
    expect(open(pickle('ccollections\nOrderedDict\n)R)R.'))).toThrow(/no function/);
  });

  it.each([
    ['INST', 'i', pickle('(iposix\nsystem\n.')],
    ['OBJ', 'o', pickle('(cbuiltins\ndict\no.')],
    ['EXT1', '\x82', pickle('\x82\x01.')],
    ['NEWOBJ_EX', '\x92', pickle('ccollections\nOrderedDict\n)}\x92.')],
    ['NEXT_BUFFER', '\x97', pickle('\x97.')],
  ])('opcode %s is not read', (_, opcode, data) => {
    const hex = opcode.charCodeAt(0).toString(16);
    expect(open(data)).toThrow(`opcode 0x${hex} is not read`);
  });

  it('a type that is named cannot be called', () => {
    expect(open(pickle('cbuiltins\nlist\n)R.'))).toThrow(/only names a type/);
  });
});

describe('what does not add up is refused before memory is taken', () => {
  it.each([
    ['a text longer than the file', pickle('X', uint32(0xffffffff), 'x.'), /claimed/],
    ['bytes of 2^62', pickle('\x8e\0\0\0\0\0\0\0\x40.'), /claimed/],
    ['an integer of a million digits', pickle('L', '9'.repeat(1_000_000), '\n.'), /no integer/],
    ['an integer of 2^31 bytes', pickle('\x8b', uint32(0x7fffffff), '.'), /claimed/],
    ['an empty stack', pickle('.'), /stack is empty/],
    ['a mark that is missing', pickle('t.'), /mark is missing/],
    ['a memo that is empty', pickle('h\x05.'), /memo is empty/],
    ['a protocol to come', Buffer.from([0x80, 9, 0x4e, 0x2e]), /protocol 9/],
    ['no end', pickle('}'), /claimed/],
  ])('%s', (_, data, message) => {
    expect(open(data)).toThrow(message);
  });

  it('a dict within itself ends', () => {
    // d = {}; d["a"] = d
    expect(open(pickle('}q\0', text('a'), 'h\0s.'))).toThrow(/no tensor/);
  });

  it('dicts that double at each level end', () => {
    // Level k holds level k - 1 twice: 2^60 paths, 60 dicts.
    const levels = Array.from({ length: 60 }, (_, k) =>
      Buffer.concat([
        Buffer.from(`}q`),
        Buffer.from([k + 1]),
        Buffer.from('('),
        text('a'),
        Buffer.from([0x68, k]),
        text('b'),
        Buffer.from([0x68, k]),
        Buffer.from('u0'),
      ]),
    );
    expect(open(pickle('}q\0', '0', ...levels, 'h\x3c.'))).toThrow(/no tensor/);
  });

  it.each([
    ['a view beyond its storage', tensor('K\x04', 'K\x02', 'K\x03\x85', 'K\x01\x85')],
    ['a negative offset', tensor('K\x04', 'J\xff\xff\xff\xff', 'K\x01\x85', 'K\x01\x85')],
    ['a negative stride', tensor('K\x04', 'K\x03', 'K\x02\x85', 'J\xff\xff\xff\xff\x85')],
    ['fewer strides than sizes', tensor('K\x04', 'K\0', 'K\x02K\x02\x86', 'K\x01\x85')],
    ['a storage that claims more than is there', tensor('K\x05', 'K\0', 'K\x04\x85', 'K\x01\x85')],
  ])('%s', (_, data) => {
    expect(open(data, floats)).toThrow(/storage/);
  });

  it('the same, sound, is read', () => {
    const data = tensor('K\x04', 'K\x01', 'K\x03\x85', 'K\x01\x85');
    expect(open(data, floats)()).toMatchObject([{ shape: [3], data: new Float32Array([2, 3, 4]) }]);
  });

  it('a view of one number that claims a terabyte costs nothing until its values are asked for', () => {
    const size = 'J\0\0\0\x40';
    const data = tensor('K\x04', 'K\0', `${size}${size}\x86`, 'K\0K\0\x86');
    const [opened] = openTorchCheckpoint(checkpoint(data, floats), 'w').values();
    expect(opened?.shape).toEqual([2 ** 30, 2 ** 30]);
  });

  it('a zip bomb unfolds no further than its directory says', () => {
    // The directory is made to claim 16 bytes, as the storage does.
    const data = tensor('K\x04', 'K\0', 'K\x04\x85', 'K\x01\x85');
    const file = zipSync(
      { 'archive/data.pkl': data, 'archive/data/0': new Uint8Array(50_000_000) },
      { level: 9 },
    );
    const entry = Buffer.from(file).lastIndexOf('archive/data/0') - 46;
    new DataView(file.buffer, file.byteOffset).setUint32(entry + 24, 16, true);
    const [opened] = openTorchCheckpoint(file, 'w').values();
    expect(() => opened?.read()).toThrow(/could not be unpacked|checksum|bytes/);
  });
});
