import { z } from 'zod';
import { defineMethod, type Rows, type State } from './method.js';
import { drawnRows } from './parts/drawn-rows.js';
import { fitFeatures } from './parts/fit-features.js';
import { nearest } from './parts/nearest.js';
import { distancesFrom } from './parts/own-distances.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** scikit-learn's defaults. */
const NEIGHBOURS = 20;
const LEAST = 1e-10;
/** Train samples of the bank: the fit compares each with each. */
const BANK = 4000;

/** The bank, the distance of each of it to its last neighbour, and its local reachability density. */
function densities(h: Rows): State {
  const bank = drawnRows(h, BANK);
  const neighbours = Array.from({ length: bank.rows }, (_, row) => {
    const squares = distancesFrom(bank, row);
    squares[row] = Number.POSITIVE_INFINITY;
    return closest(squares).map((other) => ({ other, distance: Math.sqrt(squares[other]) }));
  });
  const reach = Float64Array.from(neighbours, (list) => list.at(-1)?.distance ?? 0);
  const density = neighbours.map((list) => {
    const sum = list.reduce((all, { other, distance }) => all + Math.max(distance, reach[other]), 0);
    return 1 / (sum / list.length + LEAST);
  });
  return {
    bank: { shape: [bank.rows, bank.columns], data: bank.data },
    reach: { shape: [bank.rows], data: Float32Array.from(reach) },
    density: { shape: [bank.rows], data: Float32Array.from(density) },
  };
}

/** Places of the smallest values, the smallest first; of equal ones the lowest place. */
function closest(values: Float64Array): number[] {
  const best: number[] = [];
  for (const [at, value] of values.entries()) {
    if (best.length === NEIGHBOURS && !(value < values[best.at(-1) ?? 0])) continue;
    let place = best.length;
    while (place > 0 && value < values[best[place - 1]]) place--;
    best.splice(place, 0, at);
    best.length = Math.min(best.length, NEIGHBOURS);
  }
  return best;
}

/** How dense the train features are around a sample, against how dense they are around its neighbours. */
export const lof = defineMethod({
  name: 'lof',
  revision: 1,
  card: {
    title: 'Local outlier factor',
    score: '-mean over the 20 nearest train samples of their local density, over that of the sample',
    cites: {
      authors: 'Fabian Pedregosa and others',
      title: 'Scikit-learn: Machine Learning in Python',
      year: 2011,
      arxiv: '1201.0490',
      at: 'neighbors.LocalOutlierFactor, novelty=True; after Breunig, Kriegel, Ng and Sander, SIGMOD 2000',
    },
    cost: 'O(M D) a sample, M the 4,000 train samples of the bank; fit O(M^2 D)',
    quarrels: [
      'The number of neighbours is that of scikit-learn. Its bank is the whole train set; here it is 4,000 samples that are drawn by a counter-based generator, or all where there are fewer.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  fitMinimum: () => NEIGHBOURS + 1,
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitFeatures(densities),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const bank = as2D(ops, state('bank'), state('bank').shape[0], h.shape[1]);
      const { squares, rows } = nearest(ops, h, bank, NEIGHBOURS, 'lof');
      const reachable = ops.maximum(ops.sqrt(ops.relu(squares)), ops.gather(state('reach'), rows));
      const sparsity = ops.add(ops.mean(reachable, 1), LEAST);
      const around = ops.mean(ops.gather(state('density'), rows), 1);
      return as1D(ops, ops.neg(ops.mul(around, sparsity)));
    }),
});
