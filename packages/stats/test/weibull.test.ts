import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fitWeibull } from '../src/index.js';

const schema = z.array(
  z.object({
    values: z.array(z.number()),
    shape: z.number(),
    scale: z.number(),
    logLikelihood: z.number(),
  }),
);
/** By SciPy: fixtures/make-weibull.py. */
const FITS = schema.parse(
  JSON.parse(readFileSync(new URL('./fixtures/weibull.json', import.meta.url), 'utf8')),
);

const logLikelihood = (values: readonly number[], k: number, scale: number): number =>
  values.reduce((sum, x) => sum + Math.log(k / scale) + (k - 1) * Math.log(x / scale) - (x / scale) ** k, 0);

describe('the Weibull fit', () => {
  it("is SciPy's, and at least as likely", () => {
    for (const { values, shape, scale, logLikelihood: theirs } of FITS) {
      const fit = fitWeibull(values);
      // SciPy stops its search at a relative step of 1e-4.
      expect(Math.abs((fit?.shape ?? Number.NaN) / shape - 1)).toBeLessThan(1e-3);
      expect(Math.abs((fit?.scale ?? Number.NaN) / scale - 1)).toBeLessThan(1e-3);
      const ours = logLikelihood(values, fit?.shape ?? Number.NaN, fit?.scale ?? Number.NaN);
      expect(ours).toBeGreaterThan(theirs - 1e-9 * Math.abs(theirs));
    }
  });

  it('scales with the values', () => {
    const values = FITS[0]?.values ?? [];
    const [fit, scaled] = [fitWeibull(values), fitWeibull(values.map((value) => 1000 * value))];
    expect(scaled?.shape).toBeCloseTo(fit?.shape ?? Number.NaN, 9);
    expect(scaled?.scale).toBeCloseTo(1000 * (fit?.scale ?? Number.NaN), 6);
  });

  it('is not there where no two values differ', () => {
    expect(fitWeibull([])).toBeUndefined();
    expect(fitWeibull([2])).toBeUndefined();
    expect(fitWeibull([2, 2, 2])).toBeUndefined();
  });
});
