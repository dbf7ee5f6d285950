import { inflateSync } from 'node:zlib';
import { OodError } from '@oodgrid/contract';
import { type Refuse, refuser } from './what-is-this-file.js';

export interface MatArray {
  readonly shape: readonly number[];
  /** Column-major, as MATLAB keeps it. */
  readonly data: Uint8Array;
}

/** The most bytes that all compressed parts of a file may decompress to together. */
const MAX_BYTES = 2 * 1024 ** 3 - 1;
const HEADER = 128;
const MI_INT8 = 1;
const MI_UINT8 = 2;
const MI_UINT32 = 6;
const MI_INT32 = 5;
const MI_DOUBLE = 9;
const MI_MATRIX = 14;
const MI_COMPRESSED = 15;

interface Element {
  readonly type: number;
  readonly body: Uint8Array;
  readonly end: number;
}

/**
 * Reads the arrays called `wanted` of a MATLAB 5 file whose values are bytes (stored as uint8, or as doubles
 * that are bytes): what SVHN's `.mat` files hold. The format does not count its variables, so a file that
 * was cut between two of them shows only by what it lacks. Throws `corrupt-data` naming `name`.
 */
export function parseMat5<Key extends string>(
  bytes: Uint8Array,
  name: string,
  wanted: readonly Key[],
): Readonly<Record<Key, MatArray>> {
  const refuse = refuser(bytes, name, 'mat-5', 'MATLAB 5 file');
  if (bytes.length < HEADER || bytes[126] !== 0x49 || bytes[127] !== 0x4d || bytes[125] === 2)
    return refuse('it has no little-endian header');
  const arrays = new Map<string, MatArray>();
  let left = MAX_BYTES;
  for (let at = HEADER; at < bytes.length; ) {
    const element = readElement(bytes, at, refuse);
    at = element.end;
    let matrix = element;
    if (element.type === MI_COMPRESSED) {
      const unfolded = inflate(element.body, left, refuse);
      left -= unfolded.length;
      matrix = readElement(unfolded, 0, refuse);
    }
    if (matrix.type !== MI_MATRIX) continue;
    const { key, array } = readMatrix(matrix.body, refuse);
    if (array !== undefined) arrays.set(key, array);
  }
  const array = (key: Key) => arrays.get(key) ?? refuse(`it has no array "${key}" of bytes`);
  return Object.fromEntries(wanted.map((key) => [key, array(key)])) as Record<Key, MatArray>;
}

function inflate(body: Uint8Array, limitBytes: number, refuse: Refuse): Uint8Array {
  try {
    // Zero would mean no limit.
    return inflateSync(body, { maxOutputLength: Math.max(1, limitBytes) });
  } catch (cause) {
    return refuse(`a compressed part could not be unpacked: ${OodError.from(cause).message}`);
  }
}

/** A tagged element; short ones keep up to four bytes inside the tag. */
function readElement(bytes: Uint8Array, at: number, refuse: Refuse): Element {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 8 > bytes.length) return refuse(`a tag at byte ${at} lies beyond the end`);
  const word = view.getUint32(at, true);
  const small = word >>> 16;
  if (small > 0) {
    if (small > 4) return refuse(`a short element of ${small} bytes at byte ${at}`);
    return { type: word & 0xffff, body: bytes.subarray(at + 4, at + 4 + small), end: at + 8 };
  }
  const size = view.getUint32(at + 4, true);
  if (at + 8 + size > bytes.length)
    return refuse(`an element at byte ${at} claims ${size} bytes, the file ends before`);
  // Compressed elements are not padded to eight bytes, all others are.
  const padded = word === MI_COMPRESSED ? size : Math.ceil(size / 8) * 8;
  return { type: word, body: bytes.subarray(at + 8, at + 8 + size), end: at + 8 + padded };
}

function readMatrix(
  body: Uint8Array,
  refuse: Refuse,
): { readonly key: string; readonly array: MatArray | undefined } {
  const flags = readElement(body, 0, refuse);
  const dimensions = readElement(body, flags.end, refuse);
  const key = readElement(body, dimensions.end, refuse);
  if (flags.type !== MI_UINT32 || dimensions.type !== MI_INT32 || key.type !== MI_INT8)
    return refuse('a matrix without its parts');
  const values = readElement(body, key.end, refuse);
  const view = new DataView(dimensions.body.buffer, dimensions.body.byteOffset, dimensions.body.byteLength);
  const shape = Array.from({ length: dimensions.body.length / 4 }, (_, axis) =>
    view.getInt32(4 * axis, true),
  );
  const name = new TextDecoder().decode(key.body);
  if (shape.some((size) => size < 0)) return refuse(`"${name}" has a negative size [${shape.join(', ')}]`);
  const data = toBytes(values, refuse);
  if (data === undefined) return { key: name, array: undefined };
  const expected = shape.reduce((product, size) => product * size, 1);
  if (data.length !== expected)
    return refuse(`"${name}" [${shape.join(', ')}] needs ${expected} values, it has ${data.length}`);
  return { key: name, array: { shape, data } };
}

function toBytes({ type, body }: Element, refuse: Refuse): Uint8Array | undefined {
  if (type === MI_UINT8) return body;
  if (type !== MI_DOUBLE) return undefined;
  if (body.length % 8 !== 0) return refuse(`${body.length} bytes are no whole number of doubles`);
  const doubles = new Float64Array(new Uint8Array(body).buffer);
  return doubles.every((value) => Number.isInteger(value) && value >= 0 && value < 256)
    ? Uint8Array.from(doubles)
    : undefined;
}
