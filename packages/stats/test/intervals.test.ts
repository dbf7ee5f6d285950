import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delongAuroc,
  delongPaired,
  log10TwoSidedTail,
  NumpyRandomState,
  normalCdf,
  normalScores,
  rocMetrics,
  twoSidedZ,
} from '../src/index.js';

const scores = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 40 })
  .map((values) => Float64Array.from(values));

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) =>
  values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1);

/** DeLong's structural components by their definition, O(n m). */
function components(id: Float64Array, ood: Float64Array) {
  const psi = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
  return {
    id: Array.from(id, (a) => mean(Array.from(ood, (b) => psi(a, b)))),
    ood: Array.from(ood, (b) => mean(Array.from(id, (a) => psi(a, b)))),
  };
}

describe("DeLong's interval", () => {
  it('has the variance of the definition', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        const v = components(id, ood);
        const got = delongAuroc(id, ood);
        expect(got.value).toBeCloseTo(rocMetrics(id, ood).auroc, 12);
        expect(got.variance).toBeCloseTo(variance(v.id) / id.length + variance(v.ood) / ood.length, 12);
        expect(got.low).toBeGreaterThanOrEqual(0);
        expect(got.high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('covers the true AUROC as often as it says', () => {
    const random = new NumpyRandomState(11);
    const truth = normalCdf(1 / Math.SQRT2);
    let covered = 0;
    const replicas = 600;
    for (let i = 0; i < replicas; i++) {
      const { low, high } = delongAuroc(normalScores(random, 120, 1), normalScores(random, 80, 0));
      if (low <= truth && truth <= high) covered++;
    }
    // 95 % of 600 is 570; four standard deviations of the binomial are 21.
    expect(Math.abs(covered - 0.95 * replicas)).toBeLessThan(22);
  });
});

describe("DeLong's paired test", () => {
  it('has the z of the definition', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        const otherId = id.map((x, i) => (i % 3 === 0 ? x + 2 : x));
        const a = components(id, ood);
        const b = components(otherId, ood);
        const idVariance = variance(a.id.map((x, i) => x - (b.id[i] ?? 0))) / id.length;
        const oodVariance = variance(a.ood.map((x, i) => x - (b.ood[i] ?? 0))) / ood.length;
        const { z, difference, p } = delongPaired(id, ood, otherId, ood);
        expect(difference).toBeCloseTo(mean(a.id) - mean(b.id), 12);
        if (idVariance + oodVariance > 1e-9)
          expect(z).toBeCloseTo(difference / Math.sqrt(idVariance + oodVariance), 6);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('finds no difference between a method and itself, and refuses other samples', () => {
    const id = Float64Array.of(3, 2, 5);
    const ood = Float64Array.of(1, 2);
    expect(delongPaired(id, ood, id, ood)).toEqual({ difference: 0, z: 0, p: 1, log10P: 0 });
    expect(() => delongPaired(id, ood, id, Float64Array.of(1))).toThrow(RangeError);
  });

  it('is significant where one method ranks and the other guesses', () => {
    const random = new NumpyRandomState(3);
    const good = [normalScores(random, 300, 2), normalScores(random, 300, 0)] as const;
    const guess = [normalScores(random, 300, 0), normalScores(random, 300, 0)] as const;
    expect(delongPaired(...good, ...guess).p).toBeLessThan(1e-6);
  });
});

describe('the tail of the normal distribution', () => {
  // log10(erfc(z / sqrt(2))), beyond 38 by the asymptotic series with 60 digits.
  it.each([
    [1, -0.4985155458],
    [3, -2.5686690403],
    [40, -349.1359764637],
    [100, -2173.5705128734],
  ])('has a logarithm at z = %f', (z, expected) => {
    expect(log10TwoSidedTail(z)).toBeCloseTo(expected, 8);
    if (z < 30) expect(log10TwoSidedTail(z)).toBeCloseTo(Math.log10(2 * normalCdf(-z)), 10);
  });

  it('tells two differences apart whose p is 0', () => {
    const scores = (n: number, from: number) => Float64Array.from({ length: n }, (_, i) => from + i);
    const test = (n: number) => {
      const other = scores(n, 0).map((x) => (x % 100 === 0 ? x + 2 * n : x - n));
      return delongPaired(scores(n, n), scores(n, 0), other, scores(n, 0));
    };
    const [few, many] = [test(4000), test(40_000)];
    expect([few.p, many.p]).toEqual([0, 0]);
    expect(many.log10P).toBeLessThan(few.log10P ?? 0);
  });
});

describe('the normal distribution', () => {
  // Quantiles and tail from tables; the approximations behind them are good to about 1e-7.
  it.each([
    [0.9, 1.6448536269514722],
    [0.95, 1.959963984540054],
    [0.99, 2.5758293035489004],
  ])('has the two-sided quantile of %f', (level, expected) => {
    expect(twoSidedZ(level)).toBeCloseTo(expected, 6);
  });

  it('has its distribution function', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 7);
    expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 6);
    expect(normalCdf(-3)).toBeCloseTo(0.0013498980316300933, 6);
  });
});
