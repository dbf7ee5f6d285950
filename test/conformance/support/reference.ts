import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpyArray, parseNpz } from '@oodgrid/formats';
import type { Rows } from '@oodgrid/stats';

const REFERENCE = fileURLToPath(new URL('../reference', import.meta.url));

/** Path of a reference value; `reference/README.md` says how each was made. */
export const referencePath = (path: string): string => join(REFERENCE, path);

export function referenceNpz(path: string): ReadonlyMap<string, NpyArray> {
  return parseNpz(readFileSync(referencePath(path)), path);
}

export function referenceJson(path: string): unknown {
  return JSON.parse(readFileSync(referencePath(path), 'utf8'));
}

/** An array's rows as float64. */
export function columns(arrays: ReadonlyMap<string, NpyArray>, key: string): Rows<Float64Array> {
  const array = arrays.get(key);
  if (array === undefined || !(array.data instanceof Float32Array))
    throw new Error(`no float32 array "${key}"`);
  const [rows = Number.NaN, columns = 1] = array.shape;
  return { rows, columns, data: Float64Array.from(array.data) };
}
