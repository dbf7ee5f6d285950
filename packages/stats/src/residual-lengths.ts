import type { Rows } from './rows.js';

/** Samples that are multiplied with an axis at once: their sums do not wait for each other. */
const BLOCK = 4;

/**
 * Mean length, over samples, of what axes from the dim-th on hold, for every dim: [d]. `axes` [d, d], an axis a row; `origin` [d]. Sums in
 * float64: products of a sample and an axis along the features, squares from the last axis on, lengths in the samples' order.
 */
export function meanResidualLengths(
  { rows, columns: d, data }: Rows,
  origin: Float64Array,
  axes: Float64Array,
): Float64Array {
  const sums = new Float64Array(d);
  const [z0, z1, z2, z3] = Array.from({ length: BLOCK }, () => new Float64Array(d));
  const squares = new Float64Array(BLOCK);
  const along = new Float64Array(BLOCK);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    for (const [at, z] of [z0, z1, z2, z3].entries()) {
      const start = (from + Math.min(at, count - 1)) * d;
      for (let j = 0; j < d; j++) z[j] = data[start + j] - origin[j];
    }
    squares.fill(0);
    for (let axis = d - 1; axis >= 0; axis--) {
      const start = axis * d;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let j = 0; j < d; j++) {
        const weight = axes[start + j];
        s0 += weight * z0[j];
        s1 += weight * z1[j];
        s2 += weight * z2[j];
        s3 += weight * z3[j];
      }
      along.set([s0, s1, s2, s3]);
      for (let at = 0; at < count; at++) {
        squares[at] += along[at] * along[at];
        sums[axis] += Math.sqrt(squares[at]);
      }
    }
  }
  return sums.map((sum) => sum / rows);
}
