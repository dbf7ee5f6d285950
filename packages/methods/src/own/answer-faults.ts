import type { State, Tensor } from '../method.js';

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataSync' in value && 'shape' in value;

export const tensorFault = (value: unknown): string | undefined =>
  isTensor(value) ? undefined : `expected a tensor, got ${kindOf(value)}`;

/** Describes the fault of scores that should be one per sample; undefined when there is none. */
export function scoresFault(scores: unknown, samples: number): string | undefined {
  if (!isTensor(scores))
    return `expected a tensor [n] of ops, got ${kindOf(scores)}; kit.defineArrayMethod takes typed arrays`;
  if (scores.size !== samples)
    return `expected ${samples} numbers, one for each sample of the batch, got [${scores.shape.join(', ')}]`;
  const { dtype } = scores;
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool'
    ? undefined
    : `expected numbers, got ${dtype}`;
}

/** Describes the fault of the values that a fit keeps of a batch; undefined when there is none. */
export function keptFault(kept: unknown): string | undefined {
  if (typeof kept !== 'object' || kept === null)
    return `expected { name: tensor [n, k] }, got ${kindOf(kept)}`;
  for (const [name, value] of Object.entries(kept)) {
    const shape = isTensor(value) ? value.shape : undefined;
    if (shape?.length !== 2)
      return `${name}: expected a tensor [n, k], got ${shape === undefined ? kindOf(value) : `[${shape.join(', ')}]`}`;
  }
  return Object.keys(kept).length === 0 ? 'it keeps nothing; return { name: tensor [n, k] }' : undefined;
}

/** A state whose numbers are float32 and as many as its shapes say. Throws a TypeError with the fault. */
export function stateOf(given: unknown): State {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`expected { name: { shape, data } }, got ${kindOf(given)}`);
  return Object.fromEntries(
    Object.entries(given).map(([name, entry]) => {
      const { shape, data }: { shape?: unknown; data?: unknown } = entry ?? {};
      if (!isShape(shape)) throw new TypeError(`${name}.shape: expected a list of sizes`);
      if (!isNumbers(data)) throw new TypeError(`${name}.data: expected a Float32Array, got ${kindOf(data)}`);
      const size = shape.reduce((product, one) => product * one, 1);
      if (data.length !== size)
        throw new TypeError(`${name}: ${data.length} numbers do not fill [${shape.join(', ')}]`);
      return [name, { shape, data: Float32Array.from(data) }];
    }),
  );
}

const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);

/** Numbers of any kind but 64-bit integers. */
export const isNumbers = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value)
    ? value.every((one) => typeof one === 'number')
    : value instanceof Float32Array ||
      value instanceof Float64Array ||
      value instanceof Int32Array ||
      value instanceof Uint32Array ||
      value instanceof Uint8Array;

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? (value.constructor?.name ?? 'an object') : `a ${typeof value}`;
}
