import { z } from 'zod';
import type { Refuse } from './what-is-this-file.js';

/** Location of a tensor in its file. */
export interface TensorPlace {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, and the one after the last, in the file. */
  readonly from: number;
  readonly to: number;
}

/** Bits of an entry of each type of the format. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

const entrySchema = z.object({
  dtype: z.string().max(32),
  shape: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(64),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});

/** Reads the header of a safetensors file and checks that its tensors fill the file, each with the bytes that it needs. */
export function readSafetensorsHeader(
  bytes: Uint8Array,
  refuse: Refuse,
): {
  readonly metadata: Readonly<Record<string, string>>;
  readonly places: ReadonlyMap<string, TensorPlace>;
} {
  const { header, start } = headerObject(bytes, refuse);
  const places = new Map<string, TensorPlace>();
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === '__metadata__') metadata = z.record(z.string(), z.string()).catch({}).parse(value);
    else places.set(key, placeOf(key, value, start, bytes.length, refuse));
  }
  // Many entries over the same bytes would be copied to many times the file's size.
  let end = start;
  for (const { from, to } of [...places.values()].toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) return refuse(`its tensors overlap or leave a hole at byte ${end}`);
    end = to;
  }
  if (end !== bytes.length) return refuse(`${bytes.length - end} bytes follow the last tensor`);
  return { metadata, places };
}

function headerObject(
  bytes: Uint8Array,
  refuse: Refuse,
): { readonly header: object; readonly start: number } {
  if (bytes.length < 8) return refuse(`${bytes.length} bytes are too few for a header`);
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - 8)))
    return refuse(`the header claims ${claimed} bytes, the file has ${bytes.length}`);
  const start = 8 + Number(claimed);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    return refuse('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return refuse('the header is not an object');
  return { header, start };
}

function placeOf(key: string, value: unknown, start: number, length: number, refuse: Refuse): TensorPlace {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return refuse(`tensor "${key}" has a malformed entry`);
  const {
    dtype,
    shape,
    data_offsets: [from, to],
  } = parsed.data;
  const bits = BITS[dtype];
  // A type of the future: its tensors are passed over, so its size need not be known.
  const expected = bits === undefined ? to - from : shape.reduce((product, size) => product * size, bits) / 8;
  if (to - from !== expected || to < from)
    return refuse(
      `tensor "${key}" ${dtype} [${shape.join(', ')}] needs ${expected} bytes, its offsets give ${to - from}`,
    );
  if (start + to > length) return refuse(`tensor "${key}" ends at byte ${start + to}, the file at ${length}`);
  return { dtype, shape, from: start + from, to: start + to };
}
