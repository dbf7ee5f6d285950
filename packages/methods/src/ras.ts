import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { fitFeatures } from './parts/fit-features.js';
import { as2D, flatten } from './parts/shapes.js';

/** The mean over samples of their sorted features, largest first, [d]; summed in float64. */
function meanProfile({ rows, columns, data }: Rows): Float32Array {
  const sum = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const sorted = data.slice(row * columns, (row + 1) * columns).sort();
    for (const [rank, value] of sorted.entries()) sum[columns - 1 - rank] += value;
  }
  return Float32Array.from(sum, (value) => value / rows);
}

/** Energy of features that keep their ranks alone: the largest becomes what the largest is on average, and so on. */
export const ras = defineMethod({
  name: 'ras',
  revision: 1,
  card: {
    title: 'RAS',
    score: "logsumexp(W h' + b), h' = the mean sorted features of the train set in the order of h",
    cites: {
      authors: 'Gianluca Guglielmo and Marc Masana',
      title: 'Ranked Activation Shift for Post-Hoc Out-of-Distribution Detection',
      year: 2026,
      arxiv: '2604.08572',
    },
    cost: 'O(C D + D log D) a sample; fit O(N D log D)',
    quarrels: [
      "Equal features, as the zeros after a ReLU are, come in no certain order from the sort of the authors' code; here the one of the lowest index ranks highest.",
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures((h) => ({ profile: { shape: [h.columns], data: meanProfile(h) } })),
  score: ({ ops, facts, tap, state, head }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const order = ops.topk(h, d).indices;
      // The inverse of a permutation is what sorts it.
      const ranks = ops.topk(ops.neg(ops.cast(order, 'float32')), d).indices;
      return energyOf(ops, as2D(ops, ops.gather(state('profile'), ops.reshape(ranks, [-1])), n, d), head);
    }),
});
