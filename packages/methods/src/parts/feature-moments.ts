import type { Rows } from '../method.js';
import { columnMeans } from './column-means.js';

/** Mean and population standard deviation of each column, float64 inside. */
export function featureMoments(rows: Rows): {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
} {
  const mean = columnMeans(rows);
  const { columns, data } = rows;
  const squares = new Float64Array(columns);
  for (const [i, value] of data.entries())
    squares[i % columns] = squares[i % columns] + (value - mean[i % columns]) ** 2;
  return { mean, deviation: Float32Array.from(squares, (sum) => Math.sqrt(sum / rows.rows)) };
}
