import type { Rows } from '@oodgrid/stats';

/** Counts of samples by label and predicted class. */
export interface Confusion {
  readonly classes: number;
  /** Samples by `label * classes + predicted`. */
  readonly counts: ReadonlyMap<number, number>;
}

/** From rows of [predicted, label]. */
export function confusionOf({ rows, columns, data }: Rows, classes: number): Confusion {
  if (columns !== 2) throw new RangeError(`predictions have ${columns} columns, not the class and the label`);
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const [predicted = Number.NaN, label = Number.NaN] = data.subarray(row * columns, (row + 1) * columns);
    const key = label * classes + predicted;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { classes, counts };
}
