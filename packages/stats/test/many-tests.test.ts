import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chiSquareTail, friedmanTest, nemenyiDifference, nemenyiP } from '../src/friedman.js';
import { holmLog10 } from '../src/holm.js';
import { normalRangeQuantile, normalRangeTail } from '../src/studentized-range.js';

const numbers = z.array(z.number());
const REFERENCE = z
  .object({
    friedman: z.array(
      z.object({
        values: z.array(numbers),
        chiSquare: z.number(),
        p: z.number(),
        meanRanks: numbers,
        nemenyi: z.array(numbers),
        difference: z.number(),
      }),
    ),
    tails: z.array(z.object({ q: z.number(), k: z.number(), tail: z.number() })),
    chi: z.array(z.object({ x: z.number(), degrees: z.number(), tail: z.number() })),
    holm: z.array(z.object({ p: numbers, adjusted: numbers })),
  })
  .parse(JSON.parse(readFileSync(new URL('./fixtures/many-tests.json', import.meta.url), 'utf8')));

describe("Friedman's test", () => {
  it.each(REFERENCE.friedman)(
    'is that of scipy, ties too ($chiSquare)',
    ({ values, chiSquare, p, meanRanks }) => {
      const own = friedmanTest(values);
      expect(own.chiSquare).toBeCloseTo(chiSquare, 9);
      expect(own.p / p).toBeCloseTo(1, 8);
      for (const [i, rank] of meanRanks.entries()) expect(own.meanRanks[i]).toBeCloseTo(rank, 12);
    },
  );

  it('sees no difference where every block ties all', () => {
    const same = friedmanTest([
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(same).toEqual({ chiSquare: 0, p: 1, meanRanks: [2, 2, 2] });
  });

  it('refuses what it cannot test', () => {
    expect(() => friedmanTest([[1, 2, 3]])).toThrow(RangeError);
    expect(() =>
      friedmanTest([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(RangeError);
    expect(() =>
      friedmanTest([
        [1, 2, 3],
        [1, 2],
      ]),
    ).toThrow('different lengths');
  });
});

describe("Nemenyi's test", () => {
  // scipy integrates to 1e-10 or so; scikit-posthocs prints what scipy's range gives.
  it.each(REFERENCE.friedman)(
    'is that of scikit-posthocs, its difference that of scipy ($chiSquare)',
    (one) => {
      const blocks = one.values.length;
      const k = one.meanRanks.length;
      expect(nemenyiDifference(k, blocks)).toBeCloseTo(one.difference, 7);
      for (const [i, a] of one.meanRanks.entries()) {
        for (const [j, b] of one.meanRanks.entries()) {
          if (i !== j) expect(nemenyiP(a - b, k, blocks)).toBeCloseTo(one.nemenyi[i]?.[j] ?? Number.NaN, 7);
        }
      }
    },
  );

  it("has Demsar's constants (JMLR 7, 2006, table 5)", () => {
    const constants = [2, 3, 4, 5, 10].map((k) => normalRangeQuantile(0.05, k) / Math.SQRT2);
    for (const [i, value] of [1.96, 2.343, 2.569, 2.728, 3.164].entries())
      expect(constants[i]).toBeCloseTo(value, 2);
  });
});

it.each(REFERENCE.tails)("the range of $k normals exceeds $q as scipy's does", ({ q, k, tail }) => {
  expect(normalRangeTail(q, k)).toBeCloseTo(tail, 8);
});

it.each(REFERENCE.chi)(
  "chi-squared of $degrees degrees exceeds $x as scipy's does",
  ({ x, degrees, tail }) => {
    expect(chiSquareTail(x, degrees) / tail).toBeCloseTo(1, 9);
  },
);

describe("Holm's adjustment", () => {
  it.each(REFERENCE.holm)('is that of statsmodels', ({ p, adjusted }) => {
    const own = holmLog10(p.map(Math.log10)).map((log10) => 10 ** log10);
    for (const [i, value] of adjusted.entries()) expect((own[i] ?? Number.NaN) / value).toBeCloseTo(1, 10);
  });

  it('keeps what is below the smallest double, and a p of 0', () => {
    expect(holmLog10([-1000, Number.NEGATIVE_INFINITY, -2])).toEqual([
      -1000 + Math.log10(2),
      Number.NEGATIVE_INFINITY,
      -2,
    ]);
  });

  it('counts tests that were not made as if they had found nothing', () => {
    expect(holmLog10([-3, -1], 45)).toEqual(
      holmLog10([-3, -1, ...new Array<number>(43).fill(0)]).slice(0, 2),
    );
    expect(() => holmLog10([-1, -1], 1)).toThrow(RangeError);
  });
});
