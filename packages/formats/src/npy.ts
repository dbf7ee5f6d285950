import {
  type ArrayType,
  bytesOf,
  decodeNumbers,
  entriesOf,
  type NumberArray,
  type NumericArray,
  rowMajor,
} from './array-types.js';
import { type PythonLiteral, parsePythonLiteral } from './python-literal.js';
import { type Refuse, refuser } from './what-is-this-file.js';

/** An array to be written. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NumberArray;
}

/** Header of an array of any type. */
export interface NpyHeader {
  /** As people write it: "uint8", "object", "str". */
  readonly title: string;
  /** Undefined for what is not numbers. */
  readonly dtype: ArrayType | undefined;
  readonly isBigEndian: boolean;
  readonly isFortranOrder: boolean;
  readonly shape: readonly number[];
  /** Offset of the values, in bytes. */
  readonly start: number;
}

const MAX_HEADER_BYTES = 1024 ** 2;
const MAX_RANK = 64;

const NUMBER_TYPES: Readonly<Record<string, ArrayType>> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};
const OTHER_TYPES: Readonly<Record<string, string>> = {
  O: 'object',
  U: 'str',
  S: 'bytes',
  a: 'bytes',
  c: 'complex',
  f: 'extended float',
  M: 'datetime64',
  m: 'timedelta64',
  V: 'void',
};

/** Advice for arrays that hold something else than numbers, by type. */
const ADVICE: Readonly<Record<string, string>> = {
  object:
    'it holds Python objects, which only a pickle could restore, and nothing is ever executed here; save it as numbers, for example numpy.asarray(x, dtype=numpy.int64)',
  str: 'it holds text; save class numbers, for example numpy.unique(x, return_inverse=True)[1]',
  bytes: 'it holds text; save class numbers, for example numpy.unique(x, return_inverse=True)[1]',
  record: 'it has named fields; save each field as an array of its own',
};

/** Reads the header of a .npy file, of which `bytes` may be the first part. `refuse` says what is wrong. */
export function parseNpyHeader(bytes: Uint8Array, refuse: Refuse): NpyHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059)
    return refuse('it does not start with the npy signature');
  const major = view.getUint8(6);
  if (major < 1 || major > 3) return refuse(`version ${major} of the format is not known`);
  const from = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES || from + length > bytes.length)
    return refuse(`the header claims ${length} bytes, the file has ${bytes.length}`);
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(from, from + length));
  const header = parsePythonLiteral(text);
  if (!(header instanceof Map)) return refuse(`its header is ${JSON.stringify(text.trim().slice(0, 120))}`);
  const shape = shapeOf(header.get('shape'));
  const isFortranOrder = header.get('fortran_order');
  const type = typeOf(header.get('descr'));
  if (shape === undefined || typeof isFortranOrder !== 'boolean' || type === undefined)
    return refuse(`unsupported header ${JSON.stringify(text.trim().slice(0, 120))}`);
  return { ...type, isFortranOrder, shape, start: from + length };
}

function shapeOf(value: PythonLiteral | undefined): readonly number[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_RANK) return undefined;
  const sizes: readonly unknown[] = value;
  const shape = sizes.filter((size): size is number => Number.isSafeInteger(size));
  return shape.length === sizes.length ? shape : undefined;
}

function typeOf(
  descr: PythonLiteral | undefined,
): Pick<NpyHeader, 'title' | 'dtype' | 'isBigEndian'> | undefined {
  if (Array.isArray(descr)) return { title: 'record', dtype: undefined, isBigEndian: false };
  if (typeof descr !== 'string') return undefined;
  const match = /^([<>|=]?)([a-zA-Z?])(\d*)/.exec(descr);
  if (match === null) return undefined;
  const [, order, letter = '', width = ''] = match;
  const dtype = NUMBER_TYPES[letter === '?' ? 'b1' : letter + width];
  const title = dtype ?? OTHER_TYPES[letter];
  return title === undefined ? undefined : { title, dtype, isBigEndian: order === '>' };
}

/** Throws by `refuse` when the number of bytes after a header does not fit it. */
export function requireNpySize(header: NpyHeader, size: number, refuse: Refuse): ArrayType {
  const { dtype, shape, start, title } = header;
  if (dtype === undefined)
    return refuse(
      `an array of type ${title}: ${ADVICE[title] ?? 'it holds no numbers of a type that is read; save it as float32 or integers'}`,
    );
  const expected = entriesOf(shape) * bytesOf(dtype);
  if (expected !== size - start)
    return refuse(`shape [${shape.join(', ')}] needs ${expected} bytes, the file holds ${size - start}`);
  return dtype;
}

/**
 * Reads a .npy file of numbers of any width, sign, byte order, layout and version of the format. Throws `corrupt-data` naming
 * `name` and what is wrong; objects are refused, never restored.
 */
export function parseNpy(bytes: Uint8Array, name: string): NumericArray {
  const refuse = refuser(bytes, name, 'npy', 'npy array');
  const header = parseNpyHeader(bytes, refuse);
  const dtype = requireNpySize(header, bytes.length, refuse);
  const { shape, isFortranOrder, isBigEndian, start } = header;
  const values = bytes.subarray(start);
  const ordered = isFortranOrder && shape.length > 1 ? rowMajor(values, bytesOf(dtype), shape) : values;
  return { dtype, shape, data: decodeNumbers(dtype, ordered, isBigEndian) };
}

/** Writes a .npy file, version 1.0, padded to 64 bytes as numpy does. */
export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const descr = Object.entries({
    '<f4': Float32Array,
    '<f8': Float64Array,
    '|i1': Int8Array,
    '<i2': Int16Array,
    '<i4': Int32Array,
    '<i8': BigInt64Array,
    '|u1': Uint8Array,
    '<u2': Uint16Array,
    '<u4': Uint32Array,
    '<u8': BigUint64Array,
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
