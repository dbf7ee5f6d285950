import { OodError } from '@oodgrid/contract';
import { entriesOf, type NumberArray, type NumericArray } from '@oodgrid/formats';
import type { Labels } from '../dataset.js';
import type { LabelUse, Note } from './folder-format.js';

const MAX_LABEL = 2 ** 31 - 1;

/** Labels, unless nothing reads them and they cannot be read: that is no reason to refuse a data set. */
export function usefulLabels(use: LabelUse, note: Note, read: () => Labels): Labels | undefined {
  try {
    return read();
  } catch (error) {
    if (use !== 'unused') throw error;
    note(`${OodError.from(error).message}; nothing here needs them, so they are left out`);
    return undefined;
  }
}

/** Refuses what are no labels of so many images, by type and shape alone. */
export function requireLabels(
  { dtype, shape }: Pick<NumericArray, 'dtype' | 'shape'>,
  count: number,
  where: string,
): void {
  const [rows, classes = 0] = shape;
  const isOneHot = shape.length === 2 && rows === count && classes >= 2;
  if (isOneHot || isVectorOf(count, shape)) return;
  throw new OodError(
    'corrupt-data',
    `${where}: ${dtype} [${shape.join(', ')}] must be [${count}], one per image`,
  );
}

/** A row or a column is one too; the one-hot row [1, classes] of a single image is not. */
const isVectorOf = (count: number, shape: readonly number[]): boolean =>
  entriesOf(shape) === count &&
  (shape.length === 1 || (shape.length === 2 && shape.some((size) => size === 1)));

/**
 * Class numbers of any type and width as `Labels` [count]; rows that are one-hot become the place of their 1, which a note says.
 * `where` names file and array. Throws `corrupt-data` with the place of what is no class number.
 */
export function readLabels(array: NumericArray, count: number, where: string, note: Note): Labels {
  requireLabels(array, count, where);
  const { data, shape } = array;
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${where}: ${what}`);
  };
  if (isVectorOf(count, shape)) return classNumbers(data, refuse);
  const [, classes = 0] = shape;
  const labels = Uint32Array.from({ length: count }, (_, row) =>
    placeOfOne(data.subarray(row * classes, (row + 1) * classes), row, refuse),
  );
  note(`${where} [${count}, ${classes}] are one-hot; the class is the place of the 1`);
  return classNumbers(labels, refuse);
}

function classNumbers(data: NumberArray, refuse: (what: string) => never): Labels {
  let isByte = true;
  const labels = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const label = Number(data[i] ?? Number.NaN);
    if (!Number.isInteger(label) || Math.abs(label) > MAX_LABEL) {
      refuse(
        `sample ${i} has label ${label}, which is no class number; save class numbers, 0 to classes - 1, as integers`,
      );
    }
    if (label < 0 || label > 255) isByte = false;
    labels[i] = label;
  }
  return isByte ? Uint8Array.from(labels) : labels;
}

function placeOfOne(row: NumberArray, sample: number, refuse: (what: string) => never): number {
  let place = -1;
  for (let i = 0; i < row.length; i++) {
    const value = Number(row[i] ?? Number.NaN);
    if (value === 0) continue;
    if (value !== 1 || place >= 0) {
      refuse(
        `sample ${sample} has a row of ${row.length} numbers that is not one-hot; save one class number per image, for example numpy.argmax(labels, axis=1)`,
      );
    }
    place = i;
  }
  if (place < 0) refuse(`sample ${sample} has a row of zeros, which names no class`);
  return place;
}
