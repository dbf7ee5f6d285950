import type { Rows } from './rows.js';
import { mirrored, sumOfOuterProducts } from './second-moment.js';

/** Mean of each class, float32 [classes, d], and how many samples it has; sums in float64, in sample order. */
export function classMeans(
  { columns: d, data }: Rows,
  labels: ArrayLike<number>,
  classes: number,
): { readonly means: Float32Array; readonly counts: Float64Array } {
  const sums = new Float64Array(classes * d);
  const counts = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    if (!(label < classes)) throw new RangeError(`label ${label} is none of ${classes} classes`);
    counts[label] += 1;
    for (let j = 0; j < d; j++) {
      sums[label * d + j] += data[row * d + j];
    }
  }
  return { means: Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / d)]), counts };
}

/**
 * One covariance [d, d] for all classes: of the class-centred features, centred again by their own mean and divided
 * by N, as scikit-learn's EmpiricalCovariance has it. Class-centred features are float32, sums float64.
 */
export function tiedCovariance(
  { columns: d, data }: Rows,
  labels: ArrayLike<number>,
  means: Float32Array,
): Float64Array {
  const count = labels.length;
  const total = new Float64Array(d);
  const centre = (row: number, z: Float64Array) => {
    const label = labels[row];
    for (let j = 0; j < d; j++) z[j] = Math.fround(data[row * d + j] - means[label * d + j]);
  };
  const z = new Float64Array(d);
  for (let row = 0; row < count; row++) {
    centre(row, z);
    for (let j = 0; j < d; j++) total[j] += z[j];
  }
  for (let j = 0; j < d; j++) total[j] /= count;
  const products = sumOfOuterProducts(count, d, (row, z) => {
    centre(row, z);
    for (let j = 0; j < d; j++) z[j] -= total[j];
  });
  return mirrored(products, d, count);
}
