import { symmetricEigen } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type FitContext, type Rows, type State, type Tensor } from './method.js';
import { directions } from './parts/directions.js';
import { energyOf } from './parts/energy-of.js';
import { fitFeatures } from './parts/fit-features.js';
import { nearest } from './parts/nearest.js';
import { percentileSetting, percentileSweep, percentilesOption } from './parts/percentiles.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { keptCount, topActivations } from './parts/top-activations.js';
import { unitRows } from './parts/unit-rows.js';

/** How many of the closest train samples count. */
const NEIGHBOURS = 10;
/** Below this float32 does not tell a cosine from 1. */
const LEAST = 2 ** -24;

/** Right singular vectors [count, d] of W, of the largest singular value first, without those of values that are 0. */
function weightAxes({ rows, columns: d, data }: Rows): {
  readonly axes: Float64Array;
  readonly count: number;
} {
  const product = new Float64Array(d * d);
  for (let c = 0; c < rows; c++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) product[i * d + j] = product[i * d + j] + data[c * d + i] * data[c * d + j];
  const { values, vectors } = symmetricEigen(product, d);
  const least = d * Number.EPSILON * Math.max(0, values[0]);
  const count = Math.min(rows, values.filter((value) => value > least).length);
  return { axes: vectors.slice(0, count * d), count };
}

/** Coordinates [rows, count] of features along axes, float64. */
function along({ rows, columns: d, data }: Rows, axes: Float64Array, count: number): Float64Array {
  const result = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += data[row * d + j] * axes[k * d + j];
      result[row * count + k] = sum;
    }
  return result;
}

/** How many axes split the features into two parts of the same mean length, as nearly as can be. */
function balance({ rows, columns: d, data }: Rows, places: Float64Array, count: number): number {
  const gaps = new Float64Array(count + 1);
  for (let row = 0; row < rows; row++) {
    let rest = 0;
    for (let j = 0; j < d; j++) rest += data[row * d + j] ** 2;
    let inside = 0;
    gaps[0] = gaps[0] - Math.sqrt(rest);
    for (let k = 0; k < count; k++) {
      const square = places[row * count + k] ** 2;
      inside += square;
      rest -= square;
      gaps[k + 1] = gaps[k + 1] + Math.sqrt(inside) - Math.sqrt(Math.max(0, rest));
    }
  }
  return gaps.reduce((best, gap, k) => (Math.abs(gap) < Math.abs(gaps[best]) ? k : best), 0);
}

function solve(h: Rows, { head }: FitContext): State {
  const d = h.columns;
  const { axes, count } = weightAxes(head.weight);
  const places = along(h, axes, count);
  const split = balance(h, places, count);
  const insignificant = h.data.map((value, i) => {
    const [row, j] = [Math.floor(i / d), i % d];
    let sum = value;
    for (let k = 0; k < split; k++) sum -= places[row * count + k] * axes[k * d + j];
    return sum;
  });
  const decisive = new Float64Array(d * d);
  for (let k = 0; k < split; k++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++)
        decisive[i * d + j] = decisive[i * d + j] + axes[k * d + i] * axes[k * d + j];
  return {
    decisive: { shape: [d, d], data: Float32Array.from(decisive) },
    bank: { shape: [h.rows, d], data: unitRows({ ...h, data: insignificant }) },
  };
}

const powerSchema = z.number().min(0).max(10);

/** SCALE on the part of the features that decides the class, times how familiar the rest is. */
export const actsub = defineMethod({
  name: 'actsub',
  revision: 1,
  card: {
    title: 'ActSub',
    score:
      'E(P h) (-log(1 - mean of the 10 largest cos((1 - P) h, (1 - P) h_i)))^power, P the first right singular vectors of W, E the energy of SCALE',
    cites: {
      authors: 'Baris Zongur and Robin Hesse and Stefan Roth',
      title: 'Activation Subspaces for Out-of-Distribution Detection',
      year: 2025,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2508.21695',
      at: 'eq. 4-10',
    },
    cost: 'O(N D + C D) a sample; fit O(N D (C + D) + D^3)',
    quarrels: [
      'The number of vectors in P makes both parts equally long on the train set. Beyond the rank of W the code takes singular vectors that are arbitrary; here they all count as insignificant.',
      'P h has entries below zero, by which sums of SCALE may be: the ratio is held between 0 and the number of features over that of the kept ones, where the code may overflow.',
      'A mean cosine below 0 counts as 0, where the code squares a logarithm that is below 0, or has NaN; of identical directions the logarithm is of 2^-24, where it has infinity.',
      'An energy below zero reverses the order of the second factor, here as in the code.',
      'The code chooses the percentile by the first factor alone, and the power afterwards; here a sweep chooses by the score.',
    ],
  },
  config: z.strictObject({
    percentiles: percentilesOption(
      [95, 85, 90],
      "percentages of each sample's decisive activations that are not among the largest, to choose from",
    ),
    power: powerSchema.default(2).meta({ title: 'power of the second factor' }),
  }),
  constants: ({ power }) => ({ power }),
  sweep: percentileSweep,
  fitMinimum: () => NEIGHBOURS,
  setting: z.object({ percentile: percentileSetting, power: powerSchema }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures(solve),
  score: ({ ops, facts, tap, state, once, head, setting: { percentile, power } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const square = (x: Tensor) => as2D(ops, x, d, d);
      const decisive: Tensor = ops.matMul(h, square(state('decisive')));
      const kept = Math.max(1, keptCount(d, percentile));
      const activations = as2D(ops, decisive, n, d);
      const isTop = topActivations(ops, activations, kept);
      const sums = [ops.sum(activations, 1, true), ops.sum(ops.mul(activations, isTop), 1, true)] as const;
      const ratio = ops.clipByValue(ops.divNoNan(...sums), 0, d / kept);
      const energy = energyOf(ops, as2D(ops, ops.mul(activations, ops.exp(ratio)), n, d), head);
      const familiar = once('familiar', () => {
        const bank = as2D(ops, state('bank'), state('bank').shape[0], d);
        const rest = directions(ops, as2D(ops, ops.sub(h, decisive), n, d));
        // Of directions 1 - cos is half the squared distance, which keeps the digits that a cosine near 1 loses.
        const { squares } = nearest(ops, rest, bank, NEIGHBOURS, 'actsub');
        return ops.neg(ops.log(ops.clipByValue(ops.div(ops.mean(squares, 1), 2), LEAST, 1)));
      });
      return as1D(ops, ops.mul(energy, ops.pow(familiar, power)));
    }),
});
