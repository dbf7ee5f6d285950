import type { Rows } from '../method.js';

/** Mean of each column, summed in float64 in sample order. */
export function columnMeans({ rows, columns, data }: Rows): Float32Array {
  const sum = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) sum[j] = sum[j] + data[row * columns + j];
  }
  return Float32Array.from(sum, (value) => value / rows);
}
