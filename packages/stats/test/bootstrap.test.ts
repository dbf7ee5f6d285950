import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOOTSTRAPPED } from '../src/bootstrap.js';
import {
  BootstrapDraws,
  bootstrapMetrics,
  bootstrapRanked,
  NumpyRandomState,
  normalScores,
  rankScores,
} from '../src/index.js';
import { metricsOfCounts } from '../src/metrics.js';
import { RankWalk } from '../src/rank-walk.js';

const random = new NumpyRandomState(5);
const id = normalScores(random, 400, 1);
const ood = normalScores(random, 300, 0);

describe('the bootstrap', () => {
  it('is the same for a seed, and another for another', () => {
    const run = (seed: number) => bootstrapMetrics(id, ood, { seed, replicates: 200 });
    expect(run(1)).toEqual(run(1));
    expect(run(1).auprIn).not.toEqual(run(2).auprIn);
  });

  it('brackets every metric', () => {
    const got = bootstrapMetrics(id, ood, { seed: 1 });
    for (const name of BOOTSTRAPPED) {
      expect(got[name].low).toBeLessThanOrEqual(got[name].value);
      expect(got[name].high).toBeGreaterThanOrEqual(got[name].value);
    }
  });

  it('narrows with more samples', () => {
    const width = (n: number) => {
      const own = new NumpyRandomState(9);
      const [a, b] = [normalScores(own, n, 1), normalScores(own, n, 0)];
      const { low, high } = bootstrapMetrics(a, b, { seed: 1, replicates: 300 }).auprIn;
      return high - low;
    };
    expect(width(1600)).toBeLessThan(0.75 * width(400));
  });

  it('gives a cell the same intervals alone and beside others, with kept draws and without', () => {
    const cells = [
      rankScores(id, ood),
      rankScores(
        id.map((x) => Math.round(x)),
        ood,
      ),
    ];
    const together = bootstrapRanked(cells, new BootstrapDraws(3, 50, 400, 300));
    for (const [i, cell] of cells.entries()) {
      expect(bootstrapRanked([cell], new BootstrapDraws(3, 50, 400, 300, 0))).toEqual([together[i]]);
    }
  });
});

describe('draws', () => {
  it('are as many as there are samples on each side, and have a sign a side', () => {
    const counts = new BootstrapDraws(7, 3, 400, 300).counts(2);
    const sum = (values: Int8Array) => values.reduce((a, b) => a + b, 0);
    expect([sum(counts.subarray(0, 400)), sum(counts.subarray(400))]).toEqual([400, -300]);
    expect(Math.min(...counts.subarray(0, 400))).toBe(0);
    expect(Math.max(...counts.subarray(400))).toBe(0);
  });

  it('never change: intervals of former results stay what they are', () => {
    const counts = new BootstrapDraws(7, 3, 400, 300).counts(2);
    expect([...counts.subarray(0, 12)]).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 1, 0]);
    const last = [0, 0, 0, 0, 0, 3, 0, 1, 2, 1, 2, 0];
    expect(Array.from(counts.subarray(688), Math.abs)).toEqual(last);
  });
});

describe('a walk along the rank order', () => {
  const scores = fc
    .array(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 30 })
    .map((values) => Float64Array.from(values));

  it('has the metrics of the resampled scores, with ties and without', () => {
    const property = fc.property(scores, scores, fc.boolean(), fc.nat(1000), (a, b, isTied, seed) => {
      const noise = new NumpyRandomState(seed).randomSample(a.length + b.length);
      const spread = (values: Float64Array, from: number) =>
        isTied ? values : values.map((x, i) => x + (noise[from + i] ?? 0));
      const ranked = rankScores(spread(a, 0), spread(b, a.length));
      const counts = new BootstrapDraws(seed, 1, a.length, b.length).counts(0);
      const groups = ranked.thresholds.length;
      const drawn = (groupOf: Int32Array, from: number) => {
        const out = new Float64Array(groups);
        for (const [i, group] of groupOf.entries())
          out[group] = (out[group] ?? 0) + Math.abs(counts[from + i] ?? 0);
        return out;
      };
      const expected = metricsOfCounts(drawn(ranked.idGroup, 0), drawn(ranked.oodGroup, a.length));
      const walk = new RankWalk(ranked);
      walk.walk(counts);
      // Sums in another order: rounding only.
      for (const name of BOOTSTRAPPED) expect(walk[name]).toBeCloseTo(expected[name], 12);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
