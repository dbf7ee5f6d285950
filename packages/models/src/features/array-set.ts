import { OodError } from '@oodgrid/contract';
import {
  describeArrays,
  isParquet,
  isTorchCheckpoint,
  type ListedArray,
  type NumericArray,
  openNpz,
  openParquet,
  openSafetensors,
  openTorchCheckpoint,
  parseNpy,
  type StoredTensor,
} from '@oodgrid/formats';

/** The named arrays of a file, read one by one. */
export interface ArraySet {
  readonly path: string;
  readonly keys: readonly string[];
  list(): readonly ListedArray[];
  read(key: string): NumericArray | Promise<NumericArray>;
}

/**
 * Returns the format by the path's ending: `.safetensors`, `.npy` (one array, which is called `single`), else npz; files of
 * Parquet and of PyTorch by their first bytes. A tensor of PyTorch's alone is called `single` too.
 */
export function openArrays(bytes: Uint8Array, path: string, single: string): ArraySet {
  if (path.endsWith('.safetensors')) return tensors(openSafetensors(bytes, path), path);
  if (path.endsWith('.npy')) return npyArray(bytes, path, single);
  if (isParquet(bytes)) return { path, ...openParquet(bytes, path) };
  if (isTorchCheckpoint(bytes)) {
    const named = [...openTorchCheckpoint(bytes, path)].map(
      ([key, tensor]) => [key || single, tensor] as const,
    );
    return tensors(new Map(named), path);
  }
  return { path, ...openNpz(bytes, path) };
}

/** Arrays that lie in files of their own, by their names there. */
export function gathered(sets: ReadonlyMap<string, ArraySet>, path: string): ArraySet {
  const named = (key: string): ArraySet => {
    const set = sets.get(key);
    if (set !== undefined) return set;
    throw new OodError('internal', `${path}: no array "${key}"`);
  };
  return {
    path,
    keys: [...sets.keys()],
    list: () => [...sets].flatMap(([key, set]) => set.list().filter((one) => one.key === key)),
    read: (key) => named(key).read(key),
  };
}

function npyArray(bytes: Uint8Array, path: string, key: string): ArraySet {
  const array = parseNpy(bytes, path);
  const { dtype, shape } = array;
  return { path, keys: [key], list: () => [{ key, title: dtype, shape }], read: () => array };
}

function tensors(stored: ReadonlyMap<string, StoredTensor>, path: string): ArraySet {
  return {
    path,
    keys: [...stored.keys()],
    list: () => [...stored].map(([key, { dtype, shape }]) => ({ key, title: dtype, shape })),
    read: (key) => {
      const array = stored.get(key)?.read();
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
export async function floatsOf(
  arrays: ArraySet,
  key: string,
): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const { shape, data, dtype } = await arrays.read(key);
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
