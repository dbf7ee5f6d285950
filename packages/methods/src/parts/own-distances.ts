import type { Rows } from '../method.js';

/** Squared distances of one row to all, [rows], float64. */
export function distancesFrom({ rows, columns, data }: Rows, row: number): Float64Array {
  const squares = new Float64Array(rows);
  const own = data.subarray(row * columns, (row + 1) * columns);
  for (let other = 0; other < rows; other++) {
    let sum = 0;
    const start = other * columns;
    for (let j = 0; j < columns; j++) {
      const difference = own[j] - data[start + j];
      sum += difference * difference;
    }
    squares[other] = sum;
  }
  return squares;
}
