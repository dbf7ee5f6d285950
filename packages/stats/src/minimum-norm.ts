import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Rows } from './rows.js';

/**
 * pinv(A) b: of all x with the least ||A x - b|| the shortest, [columns]. `a` [rows, columns], `b` [rows]. Singular
 * values up to max(rows, columns) * 2^-52 of the largest are dropped, as numpy.linalg.lstsq does.
 */
export function minimumNormSolution(a: Rows, b: ArrayLike<number>): Float64Array {
  const { rows, columns, data } = a;
  const svd = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, data), {
    autoTranspose: true,
  });
  const cutOff = Math.max(rows, columns) * Number.EPSILON * Math.max(...svd.diagonal);
  const x = new Float64Array(columns);
  for (const [k, value] of svd.diagonal.entries()) {
    if (value <= cutOff) continue;
    let along = 0;
    for (let i = 0; i < rows; i++) along += svd.leftSingularVectors.get(i, k) * b[i];
    for (let j = 0; j < columns; j++) {
      x[j] += (along / value) * svd.rightSingularVectors.get(j, k);
    }
  }
  return x;
}
