import { findArithmetic } from '@oodgrid/methods';
import { beforeAll, expect, it } from 'vitest';
import { nativeEngine } from '../support/engine.js';
import { normalValues } from '../support/random.js';
import { fitAlone, scoreAlone } from '../support/score-alone.js';

beforeAll(async () => {
  await nativeEngine();
});

it('knows the labels of neighbours in every block of the bank', () => {
  const [bank, units, tests, k, classes] = [20_000, 2, 40, 25, 3];
  const values = normalValues(8, (bank + tests) * units);
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => [...values.subarray((from + i) * units, (from + i + 1) * units)]);
  const train = {
    h: rows(0, bank),
    z: rows(0, bank).map(() => [0, 0, 0]),
    labels: rows(0, bank).map((_, i) => i % classes),
  };
  const test = {
    h: rows(bank, tests),
    z: rows(0, tests).map((_, i) => [0, 1, 2].map((c) => (c === i % classes ? 1 : 0))),
  };
  const arithmetic = findArithmetic('neighbour-agreement');
  const [got] = scoreAlone(arithmetic, test, [{ k }], fitAlone(arithmetic, train));
  const square = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, j) => sum + (value - (b[j] ?? Number.NaN)) ** 2, 0);
  const expected = test.h.map((x, i) => {
    const order = train.h
      .map((y, at) => ({ at, distance: square(x, y) }))
      .sort((a, b) => a.distance - b.distance);
    return order.slice(0, k).filter(({ at }) => at % classes === i % classes).length / k;
  });
  // A neighbour at nearly the distance of the next may be taken for it in float32.
  const off = expected.filter((value, i) => Math.abs((got?.[i] ?? Number.NaN) - value) > 1e-6);
  expect(off.length).toBeLessThanOrEqual(1);
  expect(new Set(expected).size).toBeGreaterThan(5);
});
