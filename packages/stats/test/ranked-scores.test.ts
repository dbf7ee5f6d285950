import { describe, expect, it } from 'vitest';
import {
  delongAuroc,
  delongOfPlacements,
  delongPaired,
  NumpyRandomState,
  normalScores,
  pairedOfPlacements,
  placementsOf,
  rankedSubset,
  rankScores,
} from '../src/index.js';
import { sortDescending } from '../src/radix-sort.js';

const random = new NumpyRandomState(17);

describe('the rank order', () => {
  const n = 3000;
  const u = random.randomSample(n);
  it.each<[string, (i: number) => number]>([
    ['any size and sign', (i) => ((u[i] ?? 0) - 0.5) * 10 ** Math.floor(600 * (u[n - 1 - i] ?? 0) - 300)],
    ['ties', (i) => Math.floor(20 * (u[i] ?? 0)) - 10],
    ['differences in the last bits alone', (i) => 1 + 2 ** -40 * Math.floor(64 * (u[i] ?? 0))],
    ['zeros of both signs', (i) => ((u[i] ?? 0) < 0.3 ? -0 : (u[i] ?? 0) < 0.6 ? 0 : (u[i] ?? 0) - 0.8)],
    ['infinities', (i) => ((u[i] ?? 0) < 0.1 ? -Infinity : (u[i] ?? 0) > 0.9 ? Infinity : (u[i] ?? 0))],
    ['one value', () => 3],
  ])('is that of a stable comparison sort: %s', (_name, value) => {
    const values = Float64Array.from({ length: n }, (_, i) => value(i));
    const expected = Uint32Array.from(values.keys()).sort((a, b) => {
      const [x = 0, y = 0] = [values[a], values[b]];
      return x === y ? a - b : x > y ? -1 : 1;
    });
    expect(sortDescending(values)).toEqual(expected);
  });
});

describe('placements', () => {
  const id = normalScores(random, 700, 1);
  const ood = normalScores(random, 500, 0);
  const otherId = id.map((x, i) => (i % 3 === 0 ? x + 1 : Math.round(x)));
  const otherOod = ood.map((x) => Math.round(2 * x) / 2);

  it('serve the interval and every paired test as the scores do', () => {
    const a = placementsOf(rankScores(id, ood));
    const b = placementsOf(rankScores(otherId, otherOod));
    expect(delongOfPlacements(a)).toEqual(delongAuroc(id, ood));
    expect(pairedOfPlacements(a, b)).toEqual(delongPaired(id, ood, otherId, otherOod));
  });

  it('of a part of the samples are those of the part alone', () => {
    const idRows = Uint32Array.from({ length: 300 }, (_, i) => 699 - 2 * i);
    const oodRows = Uint32Array.from({ length: 200 }, (_, i) => 2 * i);
    const rows = (scores: Float64Array, which: Uint32Array) =>
      Float64Array.from(which, (row) => scores[row] ?? 0);
    expect(placementsOf(rankedSubset(rankScores(id, otherOod), idRows, oodRows))).toEqual(
      placementsOf(rankScores(rows(id, idRows), rows(otherOod, oodRows))),
    );
  });
});
