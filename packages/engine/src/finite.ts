/** Position of the first value that is NaN or infinite; -1 where all are finite. */
export function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) {
    // Only NaN and the infinities do not cancel themselves.
    const value = values[i] ?? Number.NaN;
    if (value - value !== 0) return i;
  }
  return -1;
}
