import { OodError } from '@oodgrid/protocol';

export type NpyData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyData;
}

const TYPES = {
  '<f4': { bytes: 4, make: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  '<f8': { bytes: 8, make: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  '<i4': { bytes: 4, make: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  '<i8': { bytes: 8, make: (buffer: ArrayBuffer) => new BigInt64Array(buffer) },
  '|u1': { bytes: 1, make: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
} as const;

const HEADER =
  /^\{'descr': '([<|][fiu][148])', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\), \}\s*$/;

/** Reads a .npy file of little-endian numbers. Throws `corrupt-data` naming `name` and what is wrong. */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${name}: not a readable npy array: ${what}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d)
    return refuse('it does not start with the npy signature');
  const major = bytes[6] ?? 0;
  const lengthBytes = major === 1 ? 2 : 4;
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = 8 + lengthBytes + headerLength;
  if (start > bytes.length)
    return refuse(`the header claims ${headerLength} bytes, the file has ${bytes.length}`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(8 + lengthBytes, start));
  const match = HEADER.exec(text);
  const type = Object.entries(TYPES).find(([descr]) => descr === match?.[1])?.[1];
  if (match === null || type === undefined)
    return refuse(`unsupported header ${JSON.stringify(text.trim().slice(0, 120))}`);
  const shape = (match[3] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (match[2] === 'True' && shape.length > 1)
    return refuse('Fortran order is not supported; save it with numpy.ascontiguousarray');
  const expected = shape.reduce((product, size) => product * size, type.bytes);
  if (expected !== bytes.length - start) {
    return refuse(
      `shape [${shape.join(', ')}] needs ${expected} bytes, the file holds ${bytes.length - start}`,
    );
  }
  return { shape, data: type.make(new Uint8Array(bytes.subarray(start)).buffer) };
}

/** Writes a .npy file, version 1.0, padded to 64 bytes as numpy does. */
export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const descr = Object.entries({
    '<f4': Float32Array,
    '<f8': Float64Array,
    '<i4': Int32Array,
    '<i8': BigInt64Array,
    '|u1': Uint8Array,
  }).find(([, type]) => data instanceof type)?.[0];
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = new TextEncoder().encode(`${text.padEnd(total - 11)}\n`);
  const out = new Uint8Array(total + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  out.set(header, 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), total);
  return out;
}
