import { expect, it } from 'vitest';
import { meanResidualLengths } from '../src/residual-lengths.js';
import { sumOfOuterProducts } from '../src/second-moment.js';

const D = 5;
/** Numbers whose sums depend on their order. */
const values = (length: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * i + 1) * 10 ** (i % 7));
const at = (array: ArrayLike<number>, i: number) => array[i] ?? Number.NaN;

it.each([1, 3, 4, 7, 8, 9, 30])(
  'the outer products of %i rows add up one after the other, bit for bit',
  (rows) => {
    const data = values(rows * D);
    const expected = new Float64Array(D * D);
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < D; i++)
        for (let j = i; j < D; j++)
          expected[i * D + j] = at(expected, i * D + j) + at(data, row * D + i) * at(data, row * D + j);
    const found = sumOfOuterProducts(rows, D, (row, z) => z.set(data.subarray(row * D, (row + 1) * D)));
    expect(found).toEqual(expected);
  },
);

it.each([1, 3, 4, 7, 30])(
  'the residual lengths of %i samples add up one after the other, bit for bit',
  (rows) => {
    const data = values(rows * D);
    const axes = Float64Array.from(values(D * D));
    const origin = Float64Array.from(values(D));
    const sums = new Float64Array(D);
    for (let row = 0; row < rows; row++) {
      let squares = 0;
      for (let axis = D - 1; axis >= 0; axis--) {
        let along = 0;
        for (let j = 0; j < D; j++) along += at(axes, axis * D + j) * (at(data, row * D + j) - at(origin, j));
        squares += along * along;
        sums[axis] = at(sums, axis) + Math.sqrt(squares);
      }
    }
    expect(meanResidualLengths({ rows, columns: D, data }, origin, axes)).toEqual(
      sums.map((sum) => sum / rows),
    );
  },
);
