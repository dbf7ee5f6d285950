import type { Rows } from './rows.js';
import { type SymmetricEigen, symmetricEigen } from './symmetric.js';

/**
 * Principal axes of features around an origin: the eigenvectors of (1/N) sum (f - origin)(f - origin)', not centred
 * by their mean. `features` [n, d], `origin` [d].
 */
export function principalAxes(features: Rows, origin: Float64Array): SymmetricEigen {
  const { rows, columns: d, data } = features;
  const moment = sumOfOuterProducts(rows, d, (row, z) => {
    for (let j = 0; j < d; j++) z[j] = data[row * d + j] - origin[j];
  });
  return symmetricEigen(mirrored(moment, d, rows), d);
}

/** The sum over rows of f f', [d, d], float64, in sample order. */
export function scatter({ rows, columns: d, data }: Rows): Float64Array {
  const sum = sumOfOuterProducts(rows, d, (row, z) => {
    for (let j = 0; j < d; j++) z[j] = data[row * d + j];
  });
  return mirrored(sum, d, 1);
}

/** Rows that are added at once: each number of the sum is read and written once for all of them. */
const BLOCK = 8;

/**
 * The sum of z z' over rows, [d, d], of which the upper triangle is filled; `fill` writes the z of a row. Every number is added up in the rows'
 * order, whatever the size of a block.
 */
export function sumOfOuterProducts(
  rows: number,
  d: number,
  fill: (row: number, z: Float64Array) => void,
): Float64Array {
  const sum = new Float64Array(d * d);
  const block = Array.from({ length: BLOCK }, () => new Float64Array(d));
  for (let from = 0; from < rows; from += BLOCK) {
    // Rows beyond the last are 0, which changes no sum.
    for (const [at, z] of block.entries()) {
      if (from + at < rows) fill(from + at, z);
      else z.fill(0);
    }
    addOuterProducts(sum, block);
  }
  return sum;
}

function addOuterProducts(sum: Float64Array, block: readonly Float64Array[]): void {
  const [z0, z1, z2, z3, z4, z5, z6, z7] = block;
  const d = z0.length;
  for (let i = 0; i < d; i++) {
    const [a0, a1, a2, a3] = [z0[i], z1[i], z2[i], z3[i]];
    const [a4, a5, a6, a7] = [z4[i], z5[i], z6[i], z7[i]];
    const start = i * d;
    for (let j = i; j < d; j++) {
      let value = sum[start + j] + a0 * z0[j];
      value += a1 * z1[j];
      value += a2 * z2[j];
      value += a3 * z3[j];
      value += a4 * z4[j];
      value += a5 * z5[j];
      value += a6 * z6[j];
      value += a7 * z7[j];
      sum[start + j] = value;
    }
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
