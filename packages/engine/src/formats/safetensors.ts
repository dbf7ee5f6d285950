import { OodError } from '@oodgrid/protocol';
import { z } from 'zod';

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

const BYTES = { F32: 4, F64: 8, I32: 4, I64: 8, U8: 1 } as const;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

const entrySchema = z.object({
  dtype: z.enum(['F32', 'F64', 'I32', 'I64', 'U8']),
  shape: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(16),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

/**
 * Reads a safetensors file. Every size is checked against the file's length before anything is
 * allocated. Throws `corrupt-data` naming `name` and the tensor.
 */
export function parseSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${name}: not a valid safetensors file: ${what}`);
  };
  if (bytes.length < 8) return refuse(`${bytes.length} bytes are too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - 8))) {
    return refuse(`the header claims ${headerBytes} bytes, the file has ${bytes.length}`);
  }
  const start = 8 + Number(headerBytes);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (cause) {
    throw new OodError('corrupt-data', `${name}: not a valid safetensors file: the header is not JSON`, {
      cause,
    });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return refuse('the header is not an object');
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  const entries: { key: string; dtype: TensorEntry['dtype']; shape: number[]; from: number; to: number }[] =
    [];
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') {
      metadata = z.record(z.string(), z.string()).catch({}).parse(value);
      continue;
    }
    const parsed = entrySchema.safeParse(value);
    if (!parsed.success) return refuse(`tensor "${key}" has a malformed entry`);
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = parsed.data;
    const expected = shape.reduce((product, size) => product * size, BYTES[dtype]);
    if (to - from !== expected)
      return refuse(
        `tensor "${key}" ${dtype} [${shape.join(', ')}] needs ${expected} bytes, its offsets give ${to - from}`,
      );
    if (start + to > bytes.length)
      return refuse(`tensor "${key}" ends at byte ${start + to}, the file at ${bytes.length}`);
    entries.push({ key, dtype, shape, from, to });
  }
  let end = 0;
  for (const { from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) return refuse(`its tensors overlap or leave a hole at byte ${start + end}`);
    end = to;
  }
  if (start + end !== bytes.length)
    return refuse(`${bytes.length - start - end} bytes follow the last tensor`);
  // Only now: many entries over the same bytes would be copied to many times the file's size.
  for (const { key, dtype, shape, from, to } of entries) {
    const data = typed(dtype, new Uint8Array(bytes.subarray(start + from, start + to)));
    tensors.set(key, { dtype, shape, data });
  }
  return { metadata, tensors };
}

function typed(dtype: TensorEntry['dtype'], bytes: Uint8Array<ArrayBuffer>): TensorData {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F64':
      return new Float64Array(bytes.buffer);
    case 'I32':
      return new Int32Array(bytes.buffer);
    case 'I64':
      return new BigInt64Array(bytes.buffer);
    case 'U8':
      return bytes;
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
