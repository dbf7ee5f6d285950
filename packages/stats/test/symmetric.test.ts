import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { classMeans, symmetricPseudoInverse, tiedCovariance } from '../src/index.js';

const numbers = z.array(z.number());
const reference = z
  .object({
    x: numbers,
    y: numbers,
    classes: z.number(),
    width: z.number(),
    means: numbers,
    covariance: numbers,
    precision: numbers,
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/tied-gaussian.json', import.meta.url), 'utf8')));

/** Largest difference, against the largest value of what is wanted. */
function worstDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.NaN;
  let scale = 1e-30;
  let worst = 0;
  for (let i = 0; i < want.length; i++) scale = Math.max(scale, Math.abs(want[i] ?? 0));
  for (let i = 0; i < want.length; i++)
    worst = Math.max(worst, Math.abs((got[i] ?? Number.NaN) - (want[i] ?? 0)));
  return worst / scale;
}

describe('the tied Gaussian', () => {
  const { x, y, classes, width } = reference;
  const features = { rows: y.length, columns: width, data: Float32Array.from(x) };

  it('has the means, the covariance and the precision of numpy, a dead and a redundant feature included', () => {
    const { means } = classMeans(features, y, classes);
    const covariance = tiedCovariance(features, y, means);
    // Means: one float32 rounding of a float64 mean. Precision: the redundant direction is zero but for the
    // rounding of its float32 sums, so it is kept or dropped with a relative error of float32.
    expect(worstDifference(means, reference.means)).toBeLessThan(1e-7);
    expect(worstDifference(covariance, reference.covariance)).toBeLessThan(1e-6);
    expect(worstDifference(symmetricPseudoInverse(covariance, width), reference.precision)).toBeLessThan(
      1e-4,
    );
  });

  it('inverts what can be inverted and drops the rest', () => {
    // diag(4, 0, 1e-20): the last is below 3 * 2^-52 * 4.
    expect([...symmetricPseudoInverse(Float64Array.of(4, 0, 0, 0, 0, 0, 0, 0, 1e-20), 3)]).toEqual([
      0.25, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('refuses a label that is no class', () => {
    expect(() => classMeans({ rows: 1, columns: 1, data: Float32Array.of(1) }, [2], 2)).toThrow(/label 2/);
  });
});
