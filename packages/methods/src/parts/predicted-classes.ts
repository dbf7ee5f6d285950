import { classMeans } from '@oodgrid/stats';
import type { Rows } from '../method.js';
import { columnMeans } from './column-means.js';

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
