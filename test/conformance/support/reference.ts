import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpyArray, parseNpz } from '@oodgrid/formats';

const REFERENCE = fileURLToPath(new URL('../reference', import.meta.url));

/** Path of a reference value; `reference/README.md` says how each was made. */
export const referencePath = (path: string): string => join(REFERENCE, path);

export function referenceNpz(path: string): ReadonlyMap<string, NpyArray> {
  return parseNpz(readFileSync(referencePath(path)), path);
}

export function referenceJson(path: string): unknown {
  return JSON.parse(readFileSync(referencePath(path), 'utf8'));
}

/** An array's values as float64 with its column count. */
export function columns(
  arrays: ReadonlyMap<string, NpyArray>,
  key: string,
): { readonly values: Float64Array; readonly d: number } {
  const array = arrays.get(key);
  if (array === undefined || !(array.data instanceof Float32Array))
    throw new Error(`no float32 array "${key}"`);
  return { values: Float64Array.from(array.data), d: array.shape[1] ?? 1 };
}
