import type { Rows } from './rows.js';
import { mirrored, sumOfOuterProducts } from './second-moment.js';

/** The covariance [d, d] of the samples of one class around its mean, divided by their number; sums in float64, in sample order. */
export function classCovariance(
  { columns: d, data }: Rows,
  members: readonly number[],
  mean: ArrayLike<number>,
): Float64Array {
  const products = sumOfOuterProducts(members.length, d, (at, z) => {
    const start = members[at] * d;
    for (let j = 0; j < d; j++) z[j] = data[start + j] - mean[j];
  });
  return mirrored(products, d, Math.max(1, members.length));
}
