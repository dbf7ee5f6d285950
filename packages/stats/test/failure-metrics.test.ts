import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  augrcOfCounts,
  aurcOfCounts,
  BootstrapDraws,
  bootstrapGroups,
  calibrationError,
  countGroups,
  excessAurcOfCounts,
  oscrOfCounts,
  philoxWords,
  rankScores,
} from '../src/index.js';

const areas = z.object({ aurc: z.number(), eaurc: z.number(), augrc: z.number() });
const numbers = z.array(z.number());
const fixture = z
  .object({
    cases: z.array(
      z.object({
        ...{ id: numbers, ood: numbers, wrong: numbers },
        ...{ failureDetection: areas, misclassification: areas, oscr: z.number() },
      }),
    ),
    calibration: z.array(z.object({ confidences: numbers, right: numbers, ece: z.number() })),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/failure-metrics.json', import.meta.url), 'utf8')));

type Case = (typeof fixture.cases)[number];

/** Counts by group of equal scores. */
function countsOf({ id, ood, wrong }: Case) {
  const ranked = rankScores(Float64Array.from(id), Float64Array.from(ood));
  const { idGroup, oodGroup, thresholds } = ranked;
  const isWrong = Uint8Array.from(wrong);
  const count = (groups: Int32Array) => countGroups(groups, thresholds.length);
  const wrongCounts = count(idGroup.filter((_, i) => isWrong[i] === 1));
  const idCounts = count(idGroup);
  const right = idCounts.map((all, i) => all - (wrongCounts[i] ?? Number.NaN));
  return { ranked, isWrong, id: idCounts, ood: count(oodGroup), wrong: wrongCounts, right };
}

const closeTo = (value: number, reference: number) => expect(Math.abs(value - reference)).toBeLessThan(1e-12);

describe('failure detection', () => {
  it("has fd-shifts' areas, with ties, without failures and with nothing else, among ID samples alone and with OOD samples", () => {
    for (const one of fixture.cases) {
      const { right, wrong, ood } = countsOf(one);
      const failed = wrong.map((count, i) => count + (ood[i] ?? Number.NaN));
      for (const [counts, reference] of [
        [failed, one.failureDetection],
        [wrong, one.misclassification],
      ] as const) {
        closeTo(aurcOfCounts(right, counts), reference.aurc);
        closeTo(augrcOfCounts(right, counts), reference.augrc);
        // Theirs may be below 0 where few points make the curve, and has an epsilon inside the logarithm.
        closeTo(excessAurcOfCounts(right, counts), Math.max(0, reference.eaurc));
      }
    }
  });

  it('does not count groups that a resample left empty', () => {
    const [right, failed] = [Float64Array.of(3, 0, 2, 0), Float64Array.of(1, 0, 1, 4)];
    const without = [Float64Array.of(3, 2, 0), Float64Array.of(1, 1, 4)] as const;
    expect(aurcOfCounts(right, failed)).toBe(aurcOfCounts(...without));
    expect(augrcOfCounts(right, failed)).toBe(augrcOfCounts(...without));
  });

  it('AUGRC over equal scores is the mean over their orders', () => {
    // One right; one failure and two right with equal scores; one failure.
    const tied = augrcOfCounts(Float64Array.of(1, 2, 0), Float64Array.of(0, 1, 1));
    const orders = [
      [1, 0, 1, 1, 0],
      [1, 1, 0, 1, 0],
      [1, 1, 1, 0, 0],
    ];
    const means = orders.map((order) =>
      augrcOfCounts(
        Float64Array.from(order),
        Float64Array.from(order, (right) => 1 - right),
      ),
    );
    closeTo(tied, means.reduce((a, b) => a + b, 0) / means.length);
  });
});

describe('OSCR', () => {
  it("is accuracy times scikit-learn's AUROC of the rightly classified samples against OOD", () => {
    for (const one of fixture.cases) {
      const { right, id, ood } = countsOf(one);
      closeTo(oscrOfCounts(right, id, ood), one.oscr);
    }
  });
});

describe('intervals of metrics that know which predictions are wrong', () => {
  it('are the percentiles over the samples that were drawn, one by one', () => {
    const [, one] = fixture.cases;
    if (one === undefined) throw new Error('no case');
    const { ranked, isWrong, wrong } = countsOf(one);
    const [n, m, replicates, seed] = [one.id.length, one.ood.length, 39, 5];
    const draws = new BootstrapDraws(seed, replicates, n, m);
    const of = (id: Float64Array, ood: Float64Array, own: Float64Array) =>
      oscrOfCounts(
        id.map((count, i) => count - (own[i] ?? Number.NaN)),
        id,
        ood,
      );
    const [interval] = bootstrapGroups(ranked, draws, [of], { isWrong });
    // Every replicate again from its samples, by the definition of OSCR.
    const drawn = (side: number, size: number, replicate: number) => {
      const key = { seed, stream: side, counter: [replicate, 0] } as const;
      return [...philoxWords(key, size)].map((word) => Math.floor((word * size) / 2 ** 32));
    };
    const values = Array.from({ length: replicates }, (_, replicate) => {
      let sum = 0;
      const oods = drawn(1, m, replicate).map((j) => one.ood[j] ?? Number.NaN);
      for (const i of drawn(0, n, replicate)) {
        const score = one.id[i] ?? Number.NaN;
        if (one.wrong[i] === 1) continue;
        for (const other of oods) sum += score > other ? 1 : score === other ? 0.5 : 0;
      }
      return sum / (n * m);
    }).sort((a, b) => a - b);
    expect(interval?.low).toBeGreaterThanOrEqual((values[0] ?? Number.NaN) - 1e-12);
    expect(interval?.high).toBeLessThanOrEqual((values[replicates - 1] ?? Number.NaN) + 1e-12);
    // Of 39 values the 2.5 % and 97.5 % points lie 0.95 of the way from one order statistic to the next.
    const at = (share: number) => {
      const place = share * (replicates - 1);
      const [below, above] = [
        values[Math.floor(place)] ?? Number.NaN,
        values[Math.ceil(place)] ?? Number.NaN,
      ];
      return below + (place - Math.floor(place)) * (above - below);
    };
    closeTo(interval?.low ?? Number.NaN, at(0.025));
    closeTo(interval?.high ?? Number.NaN, at(0.975));
    expect(wrong.some((count) => count > 0)).toBe(true);
    expect(() => bootstrapGroups(ranked, draws, [of], { isWrong: isWrong.subarray(1) })).toThrow(
      '39 predictions are known of 40 ID samples',
    );
  });
});

describe('expected calibration error', () => {
  it("is torchmetrics', and its interval holds it", () => {
    for (const { confidences, right, ece } of fixture.calibration) {
      const found = calibrationError(confidences, Uint8Array.from(right), { seed: 1, replicates: 200 });
      // Theirs adds in float32.
      expect(Math.abs(found.value - ece)).toBeLessThan(1e-6);
      expect(found.low).toBeLessThanOrEqual(found.value);
      expect(found.high).toBeGreaterThan(found.value);
    }
  });

  it('has a confidence on the border of two bins in the lower one, and 0 in the first', () => {
    const none = { seed: 1, replicates: 0 };
    // 3/15 and .25 are in bins of their own: |.2 - 1| and |.25 - 0|, half each.
    closeTo(calibrationError([3 / 15, 0.25], Uint8Array.of(1, 0), none).value, (0.8 + 0.25) / 2);
    closeTo(calibrationError([0], Uint8Array.of(0), none).value, 0);
    closeTo(calibrationError([1], Uint8Array.of(1), none).value, 0);
    expect(() => calibrationError([1.5], Uint8Array.of(1), none)).toThrow('a confidence is 1.5');
    expect(() => calibrationError([], new Uint8Array(), none)).toThrow('0 confidences');
  });
});
