import { classMeans } from '@oodgrid/stats';
import type { Rows } from '../method.js';
import { columnMeans } from './column-means.js';
import { labelledMeans } from './labelled-means.js';

/** The class of the largest logit of each row, the first of equal ones. */
export function predictedClasses({ rows, columns, data }: Rows): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[row * columns + c] > data[row * columns + best]) best = c;
    return best;
  });
}

/** Mean features [classes, d] of the samples that are predicted as each class; of a class that none is, the mean of all samples. */
export function predictedMeans(features: Rows, logits: Rows): Float32Array {
  const classes = logits.columns;
  const { means, counts } = classMeans(features, predictedClasses(logits), classes);
  const all = columnMeans(features);
  for (const [c, count] of counts.entries()) if (count === 0) means.set(all, c * features.columns);
  return means;
}

/**
 * Means [classes, d] of rows over the samples of each class that are predicted as it; of a class of which none is, the mean of all its samples.
 * `isRight` [rows] says which count. Throws where a label is none of the classes, or a class has no sample.
 */
export function rightMeans(
  layer: string,
  rows: Rows,
  labels: Int32Array,
  isRight: (row: number) => boolean,
  classes: number,
): Float32Array {
  const means = labelledMeans(layer, rows, labels, classes);
  const counted = labels.map((label, row) => (isRight(row) ? label : classes));
  const right = classMeans(rows, counted, classes + 1);
  const d = rows.columns;
  for (let c = 0; c < classes; c++)
    if (right.counts[c] > 0) means.set(right.means.subarray(c * d, (c + 1) * d), c * d);
  return means;
}
