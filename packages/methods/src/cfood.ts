import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod, type Ops, type Rows, type State, type Tensor2D } from './method.js';
import { directions } from './parts/directions.js';
import { drawnRows } from './parts/drawn-rows.js';
import { fitFeatures } from './parts/fit-features.js';
import { squaredLengths } from './parts/nearest.js';
import { distancesFrom } from './parts/own-distances.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** The reference code's share of the train set, and at least and at most so many samples. */
const SHARE = 0.1;
const FEWEST = 500;
const MOST = 5000;

/** numpy.linspace. */
const spaced = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + (i * (to - from)) / (count - 1));
const FRACTIONS = [...spaced(0.001, 0.1, 100), ...spaced(0.105, 0.5, 81), ...spaced(0.51, 0.99, 49)];

/** The fractions that stand for different neighbours among `count` samples, and which neighbours those are, from 0. */
function ranks(count: number): { readonly fractions: readonly number[]; readonly places: readonly number[] } {
  const all = FRACTIONS.map((fraction) => ({ fraction, place: Math.trunc(fraction * count - 1) }));
  const kept = all.filter(({ place }, i) => i === 0 || place > (all[i - 1]?.place ?? 0));
  return { fractions: kept.map(({ fraction }) => fraction), places: kept.map(({ place }) => place) };
}

/** Directions of the reference samples, and the squared distance from each [count] to its neighbour of each rank: [ranks, count]. */
function reference(h: Rows): State {
  const count = Math.min(MOST, Math.max(Math.trunc(SHARE * h.rows), FEWEST));
  const drawn = drawnRows(h, count);
  const unit = { ...drawn, data: unitRows(drawn) };
  const { fractions, places } = ranks(unit.rows);
  const reach = new Float32Array(places.length * unit.rows);
  for (let row = 0; row < unit.rows; row++) {
    const sorted = distancesFrom(unit, row).sort();
    // The nearest of all is the sample itself.
    for (const [j, place] of places.entries()) reach[j * unit.rows + row] = sorted[place + 1];
  }
  return {
    bank: { shape: [unit.rows, unit.columns], data: unit.data },
    reach: { shape: [places.length, unit.rows], data: reach },
    fractions: { shape: [places.length + 1], data: Float32Array.from([...fractions, 1]) },
  };
}

/** The first rank under which a share of the reference reaches each sample, [n], or the number of ranks; the share only grows with the rank. */
function firstRank(ops: Ops, squares: Tensor2D, reach: Tensor2D, share: number): Tensor2D {
  const [count] = reach.shape;
  const [n, size] = squares.shape;
  let low = ops.zeros([n, 1], 'int32');
  let high = ops.fill([n, 1], count, 'int32');
  for (let left = count; left > 0; left = Math.floor(left / 2)) {
    const middle = ops.cast(ops.floorDiv(ops.add(low, high), ops.scalar(2, 'int32')), 'int32');
    const inside = ops.cast(ops.minimum(middle, count - 1), 'int32');
    const reached = ops.gather(reach, ops.reshape(inside, [-1]));
    const found = ops.sum(ops.cast(ops.greaterEqual(reached, squares), 'float32'), 1, true);
    const isEnough = ops.greaterEqual(found, Math.ceil(share * size - 1e-9));
    const isOpen = ops.less(low, high);
    high = ops.cast(ops.where(ops.logicalAnd(isOpen, isEnough), middle, high), 'int32');
    low = ops.cast(
      ops.where(
        ops.logicalAnd(isOpen, ops.logicalNot(isEnough)),
        ops.add(middle, ops.scalar(1, 'int32')),
        low,
      ),
      'int32',
    );
  }
  return as2D(ops, low, n, 1);
}

const shareSchema = z.number().positive().max(1);

/** How far one has to go in ranks of neighbours until a share of the train samples counts a sample among its own. */
export const cfood = defineMethod({
  name: 'cfood',
  revision: 1,
  card: {
    title: 'CFOOD',
    score:
      '-the smallest v for which a share s of the reference samples have h among their v M nearest, directions of M train samples',
    cites: {
      authors: 'Fabrizio Angiulli',
      title: 'CFOF: A Concentration Free Measure for Anomaly Detection',
      year: 2019,
      arxiv: '1901.04992',
      at: 'definition 1; as a method for OOD in OpenOOD',
    },
    cost: 'O(M D) a sample; fit O(M^2 (D + log M))',
    quarrels: [
      'OpenOOD draws a tenth of the train set without a seed; here it is drawn by a counter-based generator, at least 500 and at most 5,000 samples.',
      'The score takes 231 values at most, so that many samples are tied.',
    ],
  },
  config: z.strictObject({
    shares: z
      .array(shareSchema)
      .min(1)
      .max(100)
      .default([0.01])
      .meta({ title: 'shares s of the reference samples, to choose from' }),
  }),
  sweep: ({ shares }) => ({ settings: shares.map((share) => ({ share })), fallback: 0 }),
  fitMinimum: () => 3,
  setting: z.object({ share: shareSchema }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitFeatures(reference),
  score: ({ ops, facts, tap, state, setting: { share } }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      const [count, size] = state('reach').shape;
      if (count === undefined || size === undefined) throw new OodError('internal', 'cfood has a reference');
      const squares = squaredLengths(ops, u, as2D(ops, state('bank'), size, u.shape[1]));
      const rank = firstRank(ops, squares, as2D(ops, state('reach'), count, size), share);
      return as1D(ops, ops.neg(ops.gather(state('fractions'), ops.reshape(rank, [-1]))));
    }),
});
