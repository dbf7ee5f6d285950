import { OodError } from '@oodgrid/contract';
import type { StoredTensor } from '@oodgrid/formats';
import { describeArrays } from '@oodgrid/formats';
import type { Parameters } from './modules/module.js';

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

const FLOATS: readonly string[] = ['F16', 'BF16', 'F32', 'F64'];
const MAX_SHOWN = 12;
const NAMED = 8;

/** Tensors that `requireWeights` compares, and the names for the two sides in its messages. */
export interface WeightsInQuestion {
  /** The file. */
  readonly path: string;
  /** "a lenet of 10 classes" */
  readonly title: string;
  readonly wanted: Parameters;
  readonly found: StoredTensors;
}

/** Refuses a file whose tensors are not those of an architecture: each that is missing, of another shape or no floats. */
export function requireWeights({ path, title, wanted, found }: WeightsInQuestion): void {
  const missing = [...wanted.keys()].filter((key) => !found.has(key));
  const unexpected = [...found].filter(([key]) => !wanted.has(key));
  const faults = [...wanted].flatMap(([key, shape]) => faultOf(key, shape, found.get(key)));
  if (faults.length === 0) return;
  const shown = faults.slice(0, MAX_SHOWN);
  if (faults.length > shown.length) shown.push(`... and ${faults.length - shown.length} more`);
  if (missing.length > 0 && unexpected.length > 0) {
    const listed = unexpected.map(([key, { dtype, shape }]) => ({ key, title: dtype, shape }));
    const more = listed.length > NAMED ? ` and ${listed.length - NAMED} more` : '';
    shown.push(`unexpected: ${describeArrays(listed.slice(0, NAMED))}${more}`);
  }
  throw new OodError(
    'corrupt-data',
    `${path}: not the weights of ${title}:\n${shown.map((line) => `  ${line}`).join('\n')}`,
  );
}

function faultOf(key: string, shape: readonly number[], tensor: StoredTensor | undefined): string[] {
  const name = JSON.stringify(key);
  if (tensor === undefined) return [`${name} [${shape.join(', ')}] is missing`];
  const found = `${name} is ${tensor.dtype} [${tensor.shape.join(', ')}], expected F32 [${shape.join(', ')}]`;
  if (tensor.shape.join() !== shape.join()) return [found + transposition(tensor.shape, shape)];
  if (FLOATS.includes(tensor.dtype)) return [];
  return [`${found}; weights that are quantised or complex are not read`];
}

/** Returns the transposition that turns a tensor of another order of axes, as in Keras and TensorFlow, into the expected one; otherwise ''. */
function transposition(found: readonly number[], expected: readonly number[]): string {
  const fits = (order: readonly number[]) =>
    found.length === order.length && order.every((axis, i) => found[axis] === expected[i]);
  if (fits([1, 0])) return '; it looks transposed: save w.T.contiguous()';
  // Keras and TensorFlow keep kernels as [height, width, in, out], JAX's flax too.
  for (const order of [
    [3, 2, 0, 1],
    [0, 3, 1, 2],
    [1, 0, 2, 3],
  ]) {
    if (fits(order))
      return `; its axes are in another order: save w.permute(${order.join(', ')}).contiguous()`;
  }
  return '';
}
