import { crc32 } from 'node:zlib';
import { digestSchema } from '@oodgrid/contract';
import { firstNotFinite } from './finite.js';
import type { UnitResult } from './result-reader.js';

/** A result as the tables hold it. */
export interface ResultRow {
  readonly rows: number | null;
  readonly columns: number | null;
  readonly data: Buffer | null;
  readonly crc: number | null;
  readonly blob: string | null;
}

/** Undefined for a row that fails its checksum, or that is no number: former versions kept that, and it is computed again. */
export function resultOfRow({ rows, columns, data, crc, blob }: ResultRow): UnitResult | undefined {
  if (blob !== null) return { kind: 'fitted', blob: digestSchema.parse(blob) };
  if (data === null || rows === null || columns === null || crc32(data) !== crc) return undefined;
  const scores = floats(data);
  if (scores.length !== rows * columns || firstNotFinite(scores) >= 0) return undefined;
  return { kind: 'scores', rows, columns, data: scores };
}

/** rows, columns, data, crc and blob of a result. */
export function columnsOf(
  result: UnitResult,
): readonly [number | null, number | null, Buffer | null, number | null, string | null] {
  if (result.kind === 'fitted') return [null, null, null, null, result.blob];
  const data = bytes(result.data);
  return [result.rows, result.columns, data, crc32(data), null];
}

export const bytes = (data: Float32Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);
export const floats = (data: Buffer): Float32Array => new Float32Array(new Uint8Array(data).buffer);
