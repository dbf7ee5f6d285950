import {
  describeArrays,
  type ListedArray,
  type NumericArray,
  openNpz,
  openSafetensors,
  parseNpy,
} from '@oodgrid/formats';
import { OodError } from '@oodgrid/protocol';

/** The named arrays of a file, read one by one. */
export interface ArraySet {
  readonly path: string;
  readonly keys: readonly string[];
  list(): readonly ListedArray[];
  read(key: string): NumericArray;
}

/** By the path's ending: `.safetensors`, `.npy` (one array, which is called `single`), anything else an npz archive. */
export function openArrays(bytes: Uint8Array, path: string, single: string): ArraySet {
  if (path.endsWith('.safetensors')) return safetensorsArrays(bytes, path);
  if (path.endsWith('.npy')) return npyArray(bytes, path, single);
  return { path, ...openNpz(bytes, path) };
}

function npyArray(bytes: Uint8Array, path: string, key: string): ArraySet {
  const array = parseNpy(bytes, path);
  const { dtype, shape } = array;
  return { path, keys: [key], list: () => [{ key, title: dtype, shape }], read: () => array };
}

function safetensorsArrays(bytes: Uint8Array, path: string): ArraySet {
  const tensors = openSafetensors(bytes, path);
  return {
    path,
    keys: [...tensors.keys()],
    list: () => [...tensors].map(([key, { dtype, shape }]) => ({ key, title: dtype, shape })),
    read: (key) => {
      const array = tensors.get(key)?.read();
      if (array !== undefined) return array;
      throw new OodError(
        'corrupt-data',
        `${path}: tensor ${JSON.stringify(key)} holds no numbers that are read`,
      );
    },
  };
}

/** `x [10, 2] float32`, for messages. */
export const contentsOf = (arrays: ArraySet): string => describeArrays(arrays.list());

/** The values of an array as float32, each finite. Throws `corrupt-data` naming file, array and row. */
export function floatsOf(arrays: ArraySet, key: string): { shape: readonly number[]; data: Float32Array } {
  const { shape, data, dtype } = arrays.read(key);
  const where = `${arrays.path}: ${JSON.stringify(key)}`;
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw new OodError('corrupt-data', `${where} is ${dtype}; save it as float32`);
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  const bad = floats.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return { shape, data: floats };
  const row = Math.floor(bad / (floats.length / (shape[0] ?? 1)));
  const beyond = Number.isFinite(data[bad]) ? ', which float32 does not reach' : '';
  throw new OodError('corrupt-data', `${where} holds ${data[bad]} in row ${row}${beyond}`);
}
