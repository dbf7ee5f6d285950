/** Mean over the samples that are there, and how far that over all of them may be from it. */
export interface PartialMean {
  readonly mean: number;
  /** Half of the interval in which the mean over all slices lies 19 times in 20. */
  readonly halfWidth: number;
}

/**
 * Ratio estimator of a cluster sample: slices are the clusters, drawn without replacement from `slicesInAll`. Its variance
 * is (1 - k/K) k/(k - 1) sum n_c^2 (m_c - m)^2 / N^2 over the k slices that are there, of n_c samples and mean m_c, N samples in all
 * (Cochran, "Sampling Techniques", 3rd ed., 1977, section 9A.1); Student's t with k - 1 degrees of freedom. `values` [n]
 * and their `slices` [n]; 0 wide when every slice is there.
 */
export function meanOfSome(values: Float64Array, slices: Uint32Array, slicesInAll: number): PartialMean {
  if (slices.length !== values.length)
    throw new RangeError(`${values.length} values have ${slices.length} slices`);
  const sums = new Map<number, { sum: number; count: number }>();
  let total = 0;
  for (const [i, value] of values.entries()) {
    const slice = slices[i] ?? Number.NaN;
    const known = sums.get(slice) ?? { sum: 0, count: 0 };
    sums.set(slice, { sum: known.sum + value, count: known.count + 1 });
    total += value;
  }
  const mean = total / values.length;
  const k = sums.size;
  if (k >= slicesInAll) return { mean, halfWidth: 0 };
  let squares = 0;
  for (const { sum, count } of sums.values()) squares += (sum - count * mean) ** 2;
  const variance = ((1 - k / slicesInAll) * (k / (k - 1)) * squares) / values.length ** 2;
  return { mean, halfWidth: studentT975(k - 1) * Math.sqrt(variance) };
}

/** 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom. */
const T975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Beyond the table by Cornish and Fisher's expansion to 1/df^2: right to 0.003 there. */
function studentT975(df: number): number {
  const z = 1.959964;
  const tabulated = T975[df - 1];
  if (tabulated !== undefined) return tabulated;
  return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df ** 2);
}
