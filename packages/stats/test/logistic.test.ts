import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldCounts } from '../src/held-counts.js';
import {
  decisionFunction,
  fitLogistic,
  fitLogisticCv,
  LOGISTIC_CS,
  NumpyRandomState,
  normalScores,
  stratifiedFolds,
} from '../src/index.js';
import { centred } from '../src/logistic.js';
import { REFERENCE } from './reference.js';

const data = (x: readonly number[], y: readonly number[], d: number) => ({
  features: { rows: y.length, columns: d, data: Float64Array.from(x) },
  labels: Uint8Array.from(y),
});

describe('logistic regression', () => {
  it.each(REFERENCE.fits.map((fit, i) => [i, fit.c, fit] as const))(
    'case %i with C %f has the coefficients of scikit-learn, converged',
    (_i, c, fit) => {
      const got = fitLogistic(data(fit.x, fit.y, fit.d), c);
      const scale = Math.max(1, ...fit.coef.map(Math.abs), Math.abs(fit.intercept));
      // Two Newton solvers, both run to about 1e-10 of the largest coefficient; 1e-6 leaves room for flat optima at C = 1e4.
      for (const [j, coef] of fit.coef.entries())
        expect(Math.abs((got.coef[j] ?? Number.NaN) - coef)).toBeLessThan(1e-6 * scale);
      expect(Math.abs(got.intercept - fit.intercept)).toBeLessThan(1e-6 * scale);
    },
  );

  it('ends where the gradient of its loss is zero', () => {
    const { x, y, d } = REFERENCE.fits[4] ?? { x: [], y: [], d: 1 };
    const c = 2;
    const samples = data(x, y, d);
    const fit = fitLogistic(samples, c);
    const z = decisionFunction(samples.features, fit);
    const gradient = Array.from({ length: d }, (_, j) => {
      let sum = fit.coef[j] ?? 0;
      for (const [row, label] of y.entries())
        sum += c * (1 / (1 + Math.exp(-(z[row] ?? 0))) - label) * (x[row * d + j] ?? 0);
      return sum;
    });
    // The loss is of the order of 100 here.
    for (const value of gradient) expect(Math.abs(value)).toBeLessThan(1e-6);
  });

  it('converges on separable, constant and duplicated features', () => {
    const y = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
    const separable = y.map((label, i) => label * 10 + i / 100);
    expect(fitLogistic(data(separable, y, 1), 1e4).coef[0]).toBeGreaterThan(0);
    const constant = fitLogistic(
      data(
        y.map(() => 3),
        y,
        1,
      ),
      1,
    );
    expect(constant.coef[0]).toBeCloseTo(0, 6);
    const twice = fitLogistic(
      data(
        separable.flatMap((value) => [value, value]),
        y,
        2,
      ),
      1,
    );
    expect(twice.coef[0]).toBeCloseTo(twice.coef[1] ?? Number.NaN, 6);
  });
});

describe('cross-validation', () => {
  it.each(REFERENCE.folds)('deals folds as scikit-learn does: $labels', ({ labels, folds }) => {
    expect([...stratifiedFolds(Uint8Array.from(labels), 5)]).toEqual(folds);
  });

  it('needs a sample of each class in every fold', () => {
    expect(() => stratifiedFolds(Uint8Array.of(1, 1, 1, 1, 1, 1, 0, 0, 0), 5)).toThrow(RangeError);
  });

  it('takes the smallest C among those with the most correct samples', () => {
    const y = [...Array<number>(20).fill(1), ...Array<number>(20).fill(0)];
    const fit = fitLogisticCv(
      data(
        y.map((label, i) => label * 4 + (i % 7) / 10),
        y,
        1,
      ),
    );
    const best = Math.max(...fit.correct);
    expect(fit.c).toBe(LOGISTIC_CS[fit.correct.indexOf(best)]);
    expect(best).toBe(40);
  });
});

describe('counts of held samples', () => {
  /** Half of the rows ID, `shift` apart; every third row is held. `steps` a unit where values are rounded. */
  const split = (seed: number, n: number, d: number, shift: number, scale: number, steps: number) => {
    const random = new NumpyRandomState(seed);
    const all = normalScores(random, 2 * n * d, 0).map((x, i) => {
      const value = x + (i < n * d ? shift : 0);
      return scale * (1 + (steps === 0 ? value : Math.round(value * steps) / steps));
    });
    const part = (isHeld: boolean) => {
      const rows = Array.from({ length: 2 * n }, (_, row) => row).filter((row) => (row % 3 === 0) === isHeld);
      return data(
        rows.flatMap((row) => [...all.subarray(row * d, (row + 1) * d)]),
        rows.map((row) => (row < n ? 1 : 0)),
        d,
      );
    };
    return { train: part(false), held: part(true) };
  };
  const counted = ({ train, held }: ReturnType<typeof split>, c: number) => {
    const z = decisionFunction(held.features, fitLogistic(train, c));
    return z.filter((value, row) => value > 0 === (held.labels[row] === 1)).length;
  };

  it('are those of the fits that go on to the end, or are left to them', () => {
    const property = fc.property(
      fc.nat(1000),
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0, 0.5, 1.5, 4, 30),
      fc.constantFrom(1e-3, 1, 1e4),
      fc.constantFrom(0, 1, 5),
      (seed, n, d, shift, scale, steps) => {
        const one = split(seed, n, d, shift, scale, steps);
        const counts = new HeldCounts(centred(one.train), one.held);
        for (const c of LOGISTIC_CS) {
          const got = counts.correct(c);
          if (got !== null) expect(got).toBe(counted(one, c));
        }
      },
    );
    fc.assert(property, { numRuns: 60 });
  });

  it('are left to them where a sample lies on the border, and seldom elsewhere', () => {
    const constant = split(1, 50, 1, 0, 0, 0);
    expect(new HeldCounts(centred(constant.train), constant.held).correct(1)).toBe(null);
    let left = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { train, held } = split(seed, 300, 1, 1.5, 1, 0);
      const counts = new HeldCounts(centred(train), held);
      for (const c of LOGISTIC_CS) if (counts.correct(c) === null) left++;
    }
    expect(left).toBeLessThan(10);
  });
});
