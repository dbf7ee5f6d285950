import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NpyArray, parseNpz } from '@oodgrid/engine';

const SHARED = fileURLToPath(new URL('../../../../shared', import.meta.url));

/** Path of a reference file. Conformance tests fail, naming it, where the folder `../shared` is missing. */
export function sharedPath(path: string): string {
  const full = join(SHARED, path);
  if (!existsSync(full)) throw new Error(`conformance needs ../shared/${path}, which is not here`);
  return full;
}

export function sharedNpz(path: string): ReadonlyMap<string, NpyArray> {
  return parseNpz(readFileSync(sharedPath(path)), path);
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

export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(sharedPath(path), 'utf8'));
}
