import { OodError } from '@oodgrid/contract';
import { type ArraySet, contentsOf, floatsOf } from './array-set.js';

/** Names of the arrays that have a meaning of their own; any other is a tap. */
export const FEATURES = 'features';
export const LOGITS = 'logits';
const LABELS = 'labels';
/** A head may lie in the same file. */
const NO_TAPS: readonly string[] = [LABELS, 'weight', 'bias'];

/** Values of one tap, row-major. */
export interface TapValues {
  readonly name: string;
  /** [n, ...] */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Exported taps of one split: a row for each sample, in the order of the data set. */
export interface SplitValues {
  readonly path: string;
  readonly count: number;
  /** Other taps in the file's order, then features and logits, as far as they are there. */
  readonly taps: readonly TapValues[];
  readonly labels: Int32Array | null;
}

/** Throws `corrupt-data` naming path and array for what cannot be the values of one set of samples. */
export async function readSplit(arrays: ArraySet): Promise<SplitValues> {
  const { path } = arrays;
  const rank = (key: string): number => [FEATURES, LOGITS].indexOf(key);
  const keys = arrays.keys.filter((key) => !NO_TAPS.includes(key)).sort((a, b) => rank(a) - rank(b));
  if (!keys.includes(FEATURES) && !keys.includes(LOGITS))
    throw new OodError(
      'corrupt-data',
      `${path}: expected "features" [n, d] or "logits" [n, classes], found ${contentsOf(arrays)}`,
    );
  const taps: TapValues[] = [];
  for (const name of keys) taps.push({ name, ...(await floatsOf(arrays, name)) });
  const [first] = taps;
  const count = first?.shape[0] ?? 0;
  for (const { name, shape } of taps) {
    const isMatrix = shape.length === 2 || (rank(name) < 0 && shape.length > 2);
    if (isMatrix && shape.every((size) => size > 0) && shape[0] === count) continue;
    throw new OodError(
      'corrupt-data',
      `${path}: "${name}" is [${shape.join(', ')}], expected ${rank(name) < 0 ? '[n, ...]' : '[n, numbers of a sample]'} with the n of "${first?.name}", ${count}`,
    );
  }
  const labels = arrays.keys.includes(LABELS) ? await labelsOf(arrays, count) : null;
  return { path, count, taps, labels };
}

async function labelsOf(arrays: ArraySet, count: number): Promise<Int32Array> {
  const { shape, data } = await arrays.read(LABELS);
  const where = `${arrays.path}: "${LABELS}"`;
  const isOneHot = shape.length === 2 && shape[0] === count;
  if (data.length !== count)
    throw new OodError(
      'corrupt-data',
      `${where} is [${shape.join(', ')}], expected [${count}]${isOneHot ? ': save class numbers, labels.argmax(1)' : ''}`,
    );
  return Int32Array.from({ length: count }, (_, row) => {
    const label = Number(data[row]);
    // Which of them are classes of the model is asked where they are used: sets that are only OOD often have -1.
    if (Number.isInteger(label) && Math.abs(label) < 2 ** 31) return label;
    throw new OodError('corrupt-data', `${where} holds ${label} in row ${row}, which is no class number`);
  });
}
