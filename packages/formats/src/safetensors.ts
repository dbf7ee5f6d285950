import { type ArrayType, decodeNumbers, type NumericArray } from './array-types.js';
import { readSafetensorsHeader, type TensorPlace } from './safetensors-header.js';
import { refuser } from './what-is-this-file.js';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

export interface TensorEntry {
  readonly dtype: 'F32' | 'F64' | 'I32' | 'I64' | 'U8';
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

const NUMBER_TYPES: Readonly<Record<string, ArrayType>> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
};

/** A tensor of a file that was opened: its values are decoded when they are asked for. */
export interface StoredTensor {
  /** As the file says it: "F32", "BF16", "F8_E4M3". */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Undefined where the type is none that is known as numbers. */
  read(): NumericArray | undefined;
}

/**
 * Opens a safetensors file of tensors of any type. Every size is checked against the file's length before anything is
 * allocated. Throws `corrupt-data` naming `name` and the tensor.
 */
export function openSafetensors(bytes: Uint8Array, name: string): ReadonlyMap<string, StoredTensor> {
  const { places } = readSafetensorsHeader(bytes, refuser(bytes, name, 'safetensors', 'safetensors file'));
  return new Map(
    [...places].map(([key, { dtype, shape, from, to }]) => [
      key,
      {
        dtype,
        shape,
        read: () => {
          const type = NUMBER_TYPES[dtype];
          if (type === undefined) return undefined;
          return { dtype: type, shape, data: decodeNumbers(type, bytes.subarray(from, to)) };
        },
      },
    ]),
  );
}

/** Reads the tensors of a file in the types that we write; tensors of other types are left out. Throws as `openSafetensors`. */
export function parseSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const { metadata, places } = readSafetensorsHeader(
    bytes,
    refuser(bytes, name, 'safetensors', 'safetensors file'),
  );
  const tensors = new Map<string, TensorEntry>();
  for (const [key, place] of places) {
    const entry = entryAt(bytes, place);
    if (entry !== undefined) tensors.set(key, entry);
  }
  return { metadata, tensors };
}

function entryAt(bytes: Uint8Array, { dtype, shape, from, to }: TensorPlace): TensorEntry | undefined {
  const own = () => new Uint8Array(bytes.subarray(from, to));
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(own().buffer) };
    case 'F64':
      return { dtype, shape, data: new Float64Array(own().buffer) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(own().buffer) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(own().buffer) };
    case 'U8':
      return { dtype, shape, data: own() };
    default:
      return undefined;
  }
}

/** Writes tensors sorted by name: the same tensors always give the same bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  const parts: Uint8Array[] = [];
  for (const key of names) {
    const entry = tensors.get(key);
    if (entry === undefined) continue;
    const bytes = new Uint8Array(entry.data.buffer, entry.data.byteOffset, entry.data.byteLength);
    header[key] = { dtype: entry.dtype, shape: entry.shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded + offset).fill(0x20, 8, 8 + padded);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  let at = 8 + padded;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
