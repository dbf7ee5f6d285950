import type { Matrix } from './unit-results.js';

/** How often each label was predicted as each class. */
export interface Confusion {
  readonly classes: number;
  /** Samples by `label * classes + predicted`. */
  readonly counts: ReadonlyMap<number, number>;
}

/** From rows of [predicted, label]. */
export function confusionOf({ rows, columns, data }: Matrix, classes: number): Confusion {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const predicted = data[row * columns] ?? 0;
    const label = data[row * columns + 1] ?? 0;
    const key = label * classes + predicted;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { classes, counts };
}
