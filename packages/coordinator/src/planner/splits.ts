import { OodError, type SplitOrder } from '@oodgrid/protocol';
import { NumpyRandomState } from '@oodgrid/stats';

/** Sizes of the `fssd-paper` protocol: valFit and valSelect take 500 samples each, test takes the rest. */
const VAL_FIT = 500;
const VAL_SELECT = 500;
export const TEST_FROM = VAL_FIT + VAL_SELECT;
/** The seed of the paper's code: both data sets are permuted by their own fresh generator. */
export const PERMUTATION_SEED = 42;

export type SplitName = 'valFit' | 'valSelect' | 'test';

/** Positions [from, to) of each split in the split order of `count` samples. */
export function splitRange(split: SplitName, count: number): { readonly from: number; readonly to: number } {
  switch (split) {
    case 'valFit':
      return { from: 0, to: VAL_FIT };
    case 'valSelect':
      return { from: VAL_FIT, to: TEST_FROM };
    case 'test':
      return { from: TEST_FROM, to: count };
  }
}

/** Throws `invalid-input` for a test set that leaves no sample for the test split. */
export function requireEnoughSamples(name: string, count: number): void {
  if (count > TEST_FROM) return;
  throw new OodError(
    'invalid-input',
    `data set "${name}" has ${count} test samples; protocol fssd-paper needs at least ${TEST_FROM + 1}: ${VAL_FIT} to fit, ${VAL_SELECT} to select, the rest to test`,
  );
}

/** Orders that were asked for last: most cells of a grid have the same two. */
const made = new Map<string, Uint32Array>();
const MAX_MADE = 8;

/** File index of every position of the split order; shared, not to be written to. */
export function splitOrder(order: SplitOrder, count: number): Uint32Array {
  const key = `${order} ${count}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const indices =
    order === 'permuted'
      ? new NumpyRandomState(PERMUTATION_SEED).permutation(count)
      : Uint32Array.from({ length: count }, (_, i) => i);
  if (made.size >= MAX_MADE) made.clear();
  made.set(key, indices);
  return indices;
}
