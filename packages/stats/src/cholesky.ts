/** L^-1 of a symmetric positive definite matrix A = L L', lower triangular, and log det A. */
export interface InverseFactor {
  /** [d, d], a row after another. */
  readonly inverse: Float64Array;
  readonly logDeterminant: number;
}

/** Factorises a symmetric matrix [d, d] and inverts the factor. Undefined where it is not positive definite in float64. */
export function inverseCholesky(matrix: Float64Array, d: number): InverseFactor | undefined {
  const factor = new Float64Array(d * d);
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i * d + j];
      for (let k = 0; k < j; k++) value -= factor[i * d + k] * factor[j * d + k];
      if (i !== j) factor[i * d + j] = value / factor[j * d + j];
      else if (value > 0 && Number.isFinite(value)) {
        factor[i * d + i] = Math.sqrt(value);
        logDeterminant += Math.log(value);
      } else return undefined;
    }
  }
  return { inverse: inverted(factor, d), logDeterminant };
}

/** Inverse of a lower triangular matrix [d, d]. */
function inverted(factor: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    const pivot = factor[i * d + i];
    for (let k = 0; k < i; k++) {
      const value = factor[i * d + k];
      if (value === 0) continue;
      for (let j = 0; j <= k; j++) inverse[i * d + j] -= value * inverse[k * d + j];
    }
    for (let j = 0; j < i; j++) inverse[i * d + j] /= pivot;
    inverse[i * d + i] = 1 / pivot;
  }
  return inverse;
}
