import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import {
  aurocInterval,
  delongOfPlacements,
  meanAurocInterval,
  pairedOfPlacements,
  placementsOf,
  rankScores,
  stratifiedDelong,
  stratifiedPaired,
} from '../src/index.js';

const numbers = z.array(z.number());
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        methods: z.array(z.object({ id: numbers, ood: z.array(numbers) })),
        ...{ values: numbers, variances: numbers, difference: z.number(), z: z.number(), p: z.number() },
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/stratified-delong.json', import.meta.url), 'utf8')));

const placements = (id: readonly number[], ood: readonly number[]) =>
  placementsOf(rankScores(Float64Array.from(id), Float64Array.from(ood)));
const setsOf = ({
  id,
  ood,
}: {
  readonly id: readonly number[];
  readonly ood: readonly (readonly number[])[];
}) => ood.map((own) => placements(id, own));
const closeTo = (value: number, reference: number) => expect(Math.abs(value - reference)).toBeLessThan(1e-12);

it('means over sets that share their ID samples have the variance and the paired test of the whole covariance matrix, ties too', () => {
  for (const { methods, values, variances, difference, z: statistic, p } of cases) {
    const sets = methods.map(setsOf);
    for (const [i, own] of sets.entries()) {
      const { value, variance, low, high } = stratifiedDelong(own);
      closeTo(value, values[i] ?? Number.NaN);
      closeTo(variance, variances[i] ?? Number.NaN);
      const interval = meanAurocInterval(own);
      expect(interval.value).toBe(value);
      expect(interval.low).toBeLessThanOrEqual(low);
      expect(interval.high).toBeGreaterThanOrEqual(high);
    }
    const test = stratifiedPaired(sets[0] ?? [], sets[1] ?? []);
    closeTo(test.difference, difference);
    expect(Math.abs(test.z - statistic)).toBeLessThan(1e-10);
    expect(Math.abs(test.p - p)).toBeLessThan(1e-10);
  }
});

it("the mean of one set has that set's bits", () => {
  const [a, b] = [placements([3, 1, 2, 2], [1, 0, 2]), placements([1, 3, 2, 0], [0, 1, 2])];
  expect(stratifiedDelong([a])).toEqual(delongOfPlacements(a));
  expect(stratifiedPaired([a], [b])).toEqual(pairedOfPlacements(a, b));
  expect(meanAurocInterval([a]).value).toBe(aurocInterval(a).value);
  expect(meanAurocInterval([a]).low).toBeCloseTo(aurocInterval(a).low, 12);
});

it('sets that are separated perfectly have an interval all the same, a narrower one the more sets there are', () => {
  const perfect = placements([5, 6, 7], [1, 2, 3]);
  const [one, four] = [1, 4].map((sets) => meanAurocInterval(Array.from({ length: sets }, () => perfect)));
  expect(one?.value).toBe(1);
  expect(one?.high).toBe(1);
  expect(one?.low).toBeLessThan(four?.low ?? Number.NaN);
  expect(four?.low).toBeLessThan(1);
});

it('is refused where the samples are not the same', () => {
  const [three, two] = [placements([3, 1, 2], [1]), placements([3, 1], [1])];
  expect(() => stratifiedDelong([three, two])).toThrow('the same ID samples');
  expect(() => stratifiedDelong([])).toThrow('needs a set');
  expect(() => stratifiedPaired([three], [two])).toThrow('the same samples for both');
  expect(() => stratifiedPaired([three], [three, three])).toThrow('the same samples for both');
});
