import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pseudoInverse, TiedGaussian } from '../../src/methods/tied-gaussian.js';
import { worstDifference } from '../support/random.js';

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
  .parse(JSON.parse(readFileSync(new URL('../fixtures/tied-gaussian.json', import.meta.url), 'utf8')));

describe('the tied Gaussian', () => {
  const { x, y, classes, width } = reference;

  it('has the means and the precision of numpy, a dead and a redundant feature included', () => {
    const gaussian = new TiedGaussian(classes, width);
    for (let from = 0; from < y.length; from += 32) {
      gaussian.add(
        Float32Array.from(x.slice(from * width, (from + 32) * width)),
        Uint8Array.from(y.slice(from, from + 32)),
      );
    }
    const { means, precision } = gaussian.fit('layer0');
    // Means: one float32 rounding of a float64 mean. Precision: the redundant direction is zero but for the
    // rounding of its float32 sums, so it is kept or dropped with a relative error of float32.
    expect(worstDifference(means, reference.means)).toBeLessThan(1e-7);
    expect(worstDifference(precision, reference.precision)).toBeLessThan(1e-4);
  });

  it('inverts what can be inverted and drops the rest', () => {
    // diag(4, 0, 1e-20): the last is below 3 * 2^-52 * 4.
    expect([...pseudoInverse(Float64Array.of(4, 0, 0, 0, 0, 0, 0, 0, 1e-20), 3)]).toEqual([
      0.25, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('says which class has no sample, and which label is no class', () => {
    const missing = new TiedGaussian(3, 1);
    missing.add(Float32Array.of(1, 2), Uint8Array.of(0, 2));
    expect(() => missing.fit('layer1')).toThrow(/layer1: the train set has no sample of class 1/);
    const beyond = new TiedGaussian(2, 1);
    beyond.add(Float32Array.of(1), Uint8Array.of(2));
    expect(() => beyond.fit('layer1')).toThrow(/label 2, but the model has 2 classes/);
  });
});
