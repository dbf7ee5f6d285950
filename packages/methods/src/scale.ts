import { z } from 'zod';
import { defineMethod } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { percentileSetting, percentileSweep, percentilesOption } from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';
import { keptCount, topActivations } from './parts/top-activations.js';

/** Energy of features that are scaled by how much of their sum the largest hold; none is dropped. */
export const scale = defineMethod({
  name: 'scale',
  revision: 1,
  card: {
    title: 'SCALE',
    score: 'logsumexp(W h exp(sum(h) / sum of the k largest of h) + b)',
    cost: 'O(C D + D log D) a sample and percentile',
    cites: {
      authors: 'Kai Xu and Rongyu Chen and Gianni Franchi and Angela Yao',
      title: 'Scaling for Training Time and Post-hoc Out-of-distribution Detection Enhancement',
      year: 2024,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2310.00227',
      at: 'eq. 4-5',
    },
  },
  config: z.strictObject({
    percentiles: percentilesOption(
      [85, 65, 70, 75, 80, 90, 95],
      "percentages of each sample's activations that are not among the largest, to choose from",
    ),
  }),
  sweep: percentileSweep,
  setting: z.object({ percentile: percentileSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  score: ({ ops, facts, tap, head, setting: { percentile } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const isTop = topActivations(ops, h, Math.max(1, keptCount(d, percentile)));
      const ratio = ops.divNoNan(ops.sum(h, 1, true), ops.sum(ops.mul(h, isTop), 1, true));
      return energyOf(ops, as2D(ops, ops.mul(h, ops.exp(ratio)), n, d), head);
    }),
});
