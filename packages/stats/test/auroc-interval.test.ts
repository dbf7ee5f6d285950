import { describe, expect, it } from 'vitest';
import {
  aurocInterval,
  delongAuroc,
  NumpyRandomState,
  normalCdf,
  normalScores,
  placementsOf,
  rankScores,
} from '../src/index.js';

const interval = (id: Float64Array, ood: Float64Array) => aurocInterval(placementsOf(rankScores(id, ood)));

/** Shift of the ID scores for an AUROC, by halving: AUROC = Phi(shift / sqrt 2). */
function shiftFor(auroc: number): number {
  let low = 0;
  let high = 10;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle / Math.SQRT2) < auroc) low = middle;
    else high = middle;
  }
  return low;
}

describe('the interval of an AUROC', () => {
  it.each([
    [0.9, 50, 50],
    [0.9, 500, 50],
    [0.99, 50, 50],
    [0.99, 200, 1000],
    [0.999, 50, 50],
    [0.999, 1000, 1000],
    [0.999, 100, 1000],
  ])(
    'holds the truth at least 19 times in 20 or nearly: AUROC %f, %i ID and %i OOD samples',
    (auroc, m, n) => {
      const random = new NumpyRandomState(7);
      const shift = shiftFor(auroc);
      const trials = 400;
      let held = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { low, high } = interval(normalScores(random, m, shift), normalScores(random, n, 0));
        if (low <= auroc && auroc <= high) held++;
      }
      // 400 trials know a coverage of 95 % within 2 points, 19 times in 20.
      expect(held / trials).toBeGreaterThan(0.93);
    },
  );

  it('has a width where nothing is misranked, by what so few samples can tell', () => {
    const widths = [1, 10, 100, 10_000].map((n) => {
      const id = Float64Array.from({ length: n }, (_, i) => 1 + i);
      const ood = Float64Array.from({ length: n }, (_, i) => -i);
      expect(delongAuroc(id, ood)).toMatchObject({ value: 1, high: 1 });
      const { value, low, high } = interval(id, ood);
      expect([value, high]).toEqual([1, 1]);
      const mirrored = interval(ood, id);
      expect([mirrored.value, mirrored.low]).toEqual([0, 0]);
      expect(mirrored.high).toBeCloseTo(1 - low, 12);
      return 1 - low;
    });
    // z^2 / (1 + z^2) for one sample a side; z^2 / (n + 1) or so for many.
    expect(widths[0]).toBeCloseTo(3.8415 / 4.8415, 4);
    for (const [i, width] of widths.entries()) expect(width).toBeLessThan(widths[i - 1] ?? 1);
    expect(widths[3]).toBeGreaterThan(1e-4);
    expect(widths[3]).toBeLessThan(1e-3);
  });

  it("is hardly wider than DeLong's away from the border", () => {
    const random = new NumpyRandomState(3);
    const id = normalScores(random, 2000, 1);
    const ood = normalScores(random, 3000, 0);
    const delong = delongAuroc(id, ood);
    const { low, high } = interval(id, ood);
    expect((high - low) / (delong.high - delong.low)).toBeLessThan(1.1);
    expect(low).toBeLessThanOrEqual(delong.low);
    expect(high).toBeGreaterThanOrEqual(delong.high);
  });
});
