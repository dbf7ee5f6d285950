import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { minimumNormSolution, principalAxes, type SymmetricEigen, symmetricEigen } from '../src/index.js';

const numbers = z.array(z.number());
const eigenSchema = z.object({
  name: z.string(),
  d: z.number(),
  matrix: numbers,
  values: numbers,
  vectors: numbers,
});

/** What numpy.linalg gives: made by fixtures/make-linear-algebra.py. Vectors are rows, largest value first. */
const reference = z
  .object({
    eigen: z.array(eigenSchema),
    leastNorm: z.array(
      z.object({
        name: z.string(),
        rows: z.number(),
        columns: z.number(),
        a: numbers,
        b: numbers,
        rank: z.number(),
        condition: z.number(),
        solution: numbers,
      }),
    ),
    axes: z.array(eigenSchema.extend({ features: numbers, origin: numbers, rows: z.number() })),
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/linear-algebra.json', import.meta.url), 'utf8')));

/** Both sides are backward stable: each is exact for a matrix that is off by a small multiple of d * 2^-52 of its norm. */
const STABLE = 16 * Number.EPSILON;

/** Eigenvalues nearer than this, against the largest, have no vectors of their own, but a space in common. */
const SAME = 1e-10;

const at = (values: ArrayLike<number>, i: number): number => values[i] ?? Number.NaN;
const largest = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));

/** NaN where the lengths differ, which is below no bound. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length ? largest(Array.from(a, (value, i) => value - at(b, i))) : Number.NaN;

/** First and last of each run of eigenvalues that are the same but for rounding. */
function spaces(values: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const i of values.keys()) {
    const last = found.at(-1);
    if (last !== undefined && at(values, i - 1) - at(values, i) <= SAME * largest(values)) last[1] = i;
    else found.push([i, i]);
  }
  return found;
}

/** Projection [d, d] onto the space of vectors `from` to `to`: it does not depend on signs or on the basis of a space. */
function projection(vectors: ArrayLike<number>, d: number, from: number, to: number): Float64Array {
  const sum = new Float64Array(d * d);
  for (let v = from; v <= to; v++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++)
        sum[i * d + j] = at(sum, i * d + j) + at(vectors, v * d + i) * at(vectors, v * d + j);
    }
  }
  return sum;
}

/**
 * Values differ by no more than the matrices that they are exact for (Weyl). Spaces turn by as much against the gap to
 * their neighbours (Davis and Kahan, the sin theta theorem).
 */
function expectSameEigen(got: SymmetricEigen, want: z.infer<typeof eigenSchema>): void {
  const { d, values, vectors } = want;
  const error = STABLE * d * largest(values);
  expect(distance(got.values, values)).toBeLessThan(error);
  expect(distance(projection(got.vectors, d, 0, d - 1), projection(vectors, d, 0, d - 1))).toBeLessThan(
    STABLE * d,
  );
  for (const [from, to] of spaces(values)) {
    const above = from === 0 ? Number.POSITIVE_INFINITY : at(values, from - 1) - at(values, from);
    const below = to === d - 1 ? Number.POSITIVE_INFINITY : at(values, to) - at(values, to + 1);
    const bound = Math.max(STABLE * d, error / Math.min(above, below));
    expect(
      distance(projection(got.vectors, d, from, to), projection(vectors, d, from, to)),
      `the space of eigenvalues ${from} to ${to}`,
    ).toBeLessThan(bound);
  }
}

describe('eigenvalues and eigenvectors are those of numpy.linalg.eigh', () => {
  it.each(reference.eigen)('$name', (one) => {
    expectSameEigen(symmetricEigen(Float64Array.from(one.matrix), one.d), one);
  });
});

describe('principal axes are the eigenvectors of the second moment around the origin', () => {
  it.each(reference.axes)('$name', (one) => {
    const { rows, d, features, origin } = one;
    const data = Float32Array.from(features);
    expectSameEigen(principalAxes({ rows, columns: d, data }, Float64Array.from(origin)), one);
  });
});

describe('the solution of least norm is that of numpy.linalg.lstsq', () => {
  it.each(reference.leastNorm)('$name', ({ rows, columns, a, b, condition, solution }) => {
    const got = minimumNormSolution({ rows, columns, data: Float32Array.from(a) }, b);
    // An error of the matrix grows by the ratio of the largest to the least singular value that counts.
    const bound = STABLE * Math.max(rows, columns) * condition * largest(solution);
    expect(distance(got, solution)).toBeLessThan(bound);
  });

  it('has nothing along directions that the matrix does not have', () => {
    // Of x0 + x1 = 2, the shortest x is (1, 1).
    const one = { rows: 1, columns: 2, data: Float32Array.of(1, 1) };
    expect(distance(minimumNormSolution(one, [2]), [1, 1])).toBeLessThan(STABLE);
  });
});
