import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prCurve, rocCurve, rocMetrics, thinCurve } from '../src/index.js';

// Few distinct values, so that ties between and within the sides are everywhere.
const scores = fc
  .array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 60 })
  .map((values) => Float64Array.from(values));

/** The definitions, by brute force over thresholds. */
function slowMetrics(id: Float64Array, ood: Float64Array) {
  let wins = 0;
  for (const a of id) for (const b of ood) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const thresholds = [...new Set([...id, ...ood])].sort((a, b) => b - a);
  const share = (values: Float64Array, t: number) =>
    values.filter((value) => value >= t).length / values.length;
  const fprAt = (tpr: number) => share(ood, thresholds.find((t) => share(id, t) >= tpr) ?? Number.NaN);
  const detacc = Math.max(0.5, ...thresholds.map((t) => (share(id, t) + 1 - share(ood, t)) / 2));
  return {
    auroc: wins / (id.length * ood.length),
    auprIn: slowArea(id, ood),
    auprOut: slowArea(
      ood.map((x) => -x),
      id.map((x) => -x),
    ),
    fpr80: fprAt(0.8),
    fpr95: fprAt(0.95),
    tnr95: 1 - fprAt(0.95),
    detacc,
  };
}

function slowArea(positive: Float64Array, negative: Float64Array): number {
  const thresholds = [...new Set([...positive, ...negative])].sort((a, b) => b - a);
  const points = thresholds.map((t) => {
    const tp = positive.filter((value) => value >= t).length;
    const fp = negative.filter((value) => value >= t).length;
    return [tp / positive.length, tp / (tp + fp)] as const;
  });
  let area = 0;
  let last = [0, points[0]?.[1] ?? 0] as readonly [number, number];
  for (const point of points) {
    area += ((point[0] - last[0]) * (point[1] + last[1])) / 2;
    last = point;
  }
  return area;
}

describe('metrics', () => {
  it('are their definitions', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        const fast: Readonly<Record<string, number>> = rocMetrics(id, ood);
        // 1e-12: sums of at most 3,600 terms in another order.
        for (const [name, slow] of Object.entries(slowMetrics(id, ood)))
          expect(fast[name]).toBeCloseTo(slow, 12);
      }),
    );
  });

  it('do not change under a monotone transform, nor with the order of samples', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        const moved = rocMetrics(
          id.map((x) => Math.exp(x / 4) - 3).reverse(),
          ood.map((x) => Math.exp(x / 4) - 3),
        );
        expect(moved).toEqual(rocMetrics(id, ood));
      }),
    );
  });

  it('mirror when the sides are swapped', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        expect(rocMetrics(id, ood).auroc + rocMetrics(ood, id).auroc).toBeCloseTo(1, 12);
      }),
    );
  });

  it('are those of guessing when every score is the same', () => {
    const same = new Float64Array(10).fill(1);
    expect(rocMetrics(same, same)).toMatchObject({
      auroc: 0.5,
      auprIn: 0.5,
      fpr80: 1,
      fpr95: 1,
      tnr95: 0,
      detacc: 0.5,
    });
  });

  it('are perfect for separated scores, infinities included', () => {
    const perfect = { auroc: 1, auprIn: 1, auprOut: 1, fpr80: 0, fpr95: 0, tnr95: 1, detacc: 1 };
    expect(rocMetrics(Float64Array.of(2, Infinity), Float64Array.of(1, -Infinity))).toEqual(perfect);
  });

  it('count the whole tie group at a threshold', () => {
    // ID recall reaches 0.8 inside the group of 1s, so all OOD at 1 counts.
    expect(rocMetrics(Float64Array.of(2, 1, 1, 1, 0), Float64Array.of(1, 1, 0, 0)).fpr80).toBe(0.5);
  });
});

describe('curves', () => {
  it('run from corner to corner, and the area under the ROC points is the AUROC', () => {
    fc.assert(
      fc.property(scores, scores, (id, ood) => {
        const points = rocCurve(id, ood);
        expect(points[0]).toEqual([0, 0]);
        expect(points.at(-1)).toEqual([1, 1]);
        let area = 0;
        for (const [i, [x, y]] of points.entries()) {
          const [lastX, lastY] = points[i - 1] ?? [0, 0];
          area += ((x - lastX) * (y + lastY)) / 2;
        }
        expect(area).toBeCloseTo(rocMetrics(id, ood).auroc, 12);
      }),
    );
  });

  it('of precision start at recall 0 and end at recall 1', () => {
    const points = prCurve(Float64Array.of(3, 2, 2), Float64Array.of(2, 1));
    expect(points[0]).toEqual([0, 1]);
    expect(points.at(-1)).toEqual([1, 0.6]);
  });

  it('are thinned to a limit and keep both ends', () => {
    const points = rocCurve(
      Float64Array.from({ length: 500 }, (_, i) => i),
      Float64Array.from({ length: 500 }, (_, i) => i - 0.5),
    );
    const thin = thinCurve(points, 50);
    expect(thin).toHaveLength(50);
    expect([thin[0], thin.at(-1)]).toEqual([points[0], points.at(-1)]);
  });
});
