/**
 * Solves A x = b for a symmetric positive definite A [n, n] by Cholesky on the matrix scaled to a unit
 * diagonal; a pivot lost to rounding is replaced by a tiny one, which only shortens a Newton step.
 */
export function solveSymmetric(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const scale = Float64Array.from(
    { length: n },
    (_, i) => 1 / Math.sqrt(Math.max(a[i * n + i], Number.MIN_VALUE * 2 ** 60)),
  );
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = a[i * n + j] * scale[i] * scale[j];
      for (let k = 0; k < j; k++) value -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i === j ? Math.sqrt(Math.max(value, 1e-15)) : value / l[j * n + j];
    }
  }
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let value = b[i] * scale[i];
    for (let k = 0; k < i; k++) value -= l[i * n + k] * y[k];
    y[i] = value / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let value = y[i];
    for (let k = i + 1; k < n; k++) value -= l[k * n + i] * y[k];
    y[i] = value / l[i * n + i];
  }
  return y.map((value, i) => value * scale[i]);
}
