import type { Rows } from './rows.js';
import { addOuterProduct, mirrored } from './second-moment.js';

/** Mean of each class, float32 [classes, d], and how many samples it has; sums in float64, in sample order. */
export function classMeans(
  { columns: d, data }: Rows,
  labels: ArrayLike<number>,
  classes: number,
): { readonly means: Float32Array; readonly counts: Float64Array } {
  const sums = new Float64Array(classes * d);
  const counts = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? Number.NaN;
    if (!(label < classes)) throw new RangeError(`label ${label} is none of ${classes} classes`);
    counts[label] = (counts[label] ?? Number.NaN) + 1;
    for (let j = 0; j < d; j++) {
      sums[label * d + j] = (sums[label * d + j] ?? Number.NaN) + (data[row * d + j] ?? Number.NaN);
    }
  }
  return { means: Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / d)] ?? 1)), counts };
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
  const z = new Float64Array(d);
  const centre = (row: number) => {
    const label = labels[row] ?? Number.NaN;
    for (let j = 0; j < d; j++)
      z[j] = Math.fround((data[row * d + j] ?? Number.NaN) - (means[label * d + j] ?? Number.NaN));
  };
  for (let row = 0; row < count; row++) {
    centre(row);
    for (let j = 0; j < d; j++) total[j] = (total[j] ?? Number.NaN) + (z[j] ?? Number.NaN);
  }
  for (let j = 0; j < d; j++) total[j] = (total[j] ?? Number.NaN) / count;
  const products = new Float64Array(d * d);
  for (let row = 0; row < count; row++) {
    centre(row);
    for (let j = 0; j < d; j++) z[j] = (z[j] ?? Number.NaN) - (total[j] ?? Number.NaN);
    addOuterProduct(products, z);
  }
  return mirrored(products, d, count);
}
