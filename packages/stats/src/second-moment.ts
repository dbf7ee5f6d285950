import type { Rows } from './rows.js';
import { type SymmetricEigen, symmetricEigen } from './symmetric.js';

/**
 * Principal axes of features around an origin: the eigenvectors of (1/N) sum (f - origin)(f - origin)', not centred
 * by their mean. `features` [n, d], `origin` [d].
 */
export function principalAxes(features: Rows, origin: Float64Array): SymmetricEigen {
  const { rows, columns: d, data } = features;
  const moment = new Float64Array(d * d);
  const z = new Float64Array(d);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < d; j++) z[j] = data[row * d + j] - origin[j];
    addOuterProduct(moment, z);
  }
  return symmetricEigen(mirrored(moment, d, rows), d);
}

/** Adds z z' to the upper triangle of `sum` [d, d]. */
export function addOuterProduct(sum: Float64Array, z: Float64Array): void {
  const d = z.length;
  for (let i = 0; i < d; i++) {
    const zi = z[i];
    if (zi === 0) continue;
    for (let j = i; j < d; j++) sum[i * d + j] += zi * z[j];
  }
}

/** The mean of `count` outer products, of whose sum [d, d] the upper triangle is given; changes it. */
export function mirrored(sum: Float64Array, d: number, count: number): Float64Array {
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      const value = sum[i * d + j] / count;
      sum[i * d + j] = value;
      sum[j * d + i] = value;
    }
  }
  return sum;
}
