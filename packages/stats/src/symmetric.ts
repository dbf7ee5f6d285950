import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvalues, largest first, and the eigenvector of each as a row of [d, d]. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Eigen-decomposition of a symmetric [d, d] matrix. The sign of a vector is arbitrary, as LAPACK's is. */
export function symmetricEigen(matrix: Float64Array, d: number): SymmetricEigen {
  const { realEigenvalues, eigenvectorMatrix } = decompose(matrix, d);
  const order = realEigenvalues.map((value, at) => ({ value, at })).sort((a, b) => b.value - a.value);
  const vectors = new Float64Array(d * d);
  for (const [row, { at }] of order.entries()) vectors.set(eigenvectorMatrix.getColumn(at), row * d);
  return { values: Float64Array.from(order, ({ value }) => value), vectors };
}

/**
 * Symmetric pseudo-inverse [d, d]: eigenvalues with |lambda| <= d * 2^-52 * lambda_max are dropped, as
 * SciPy's pinvh does. Dead units make real layers rank-deficient, so the cut-off matters.
 */
export function symmetricPseudoInverse(matrix: Float64Array, d: number): Float64Array {
  const { realEigenvalues: lambda, eigenvectorMatrix: v } = decompose(matrix, d);
  const largest = Math.max(...lambda.map(Math.abs));
  const scaled = v.clone();
  for (const [k, value] of lambda.entries()) {
    scaled.mulColumn(k, Math.abs(value) <= d * Number.EPSILON * largest ? 0 : 1 / value);
  }
  return Float64Array.from(scaled.mmul(v.transpose()).to1DArray());
}

function decompose(matrix: Float64Array, d: number): EigenvalueDecomposition {
  return new EigenvalueDecomposition(Matrix.from1DArray(d, d, matrix), { assumeSymmetric: true });
}
