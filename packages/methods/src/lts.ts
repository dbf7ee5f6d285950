import { z } from 'zod';
import { defineMethod } from './method.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { percentileSetting, percentileSweep, percentilesOption } from './parts/percentiles.js';
import { flatten } from './parts/shapes.js';
import { keptCount } from './parts/top-activations.js';

/** Energy of logits that are scaled by how much of the features' sum the largest hold. */
export const lts = defineMethod({
  name: 'lts',
  revision: 1,
  card: {
    title: 'LTS',
    score: 'logsumexp(z r^2), r = sum relu(h) / sum of the k largest of relu(h)',
    cites: {
      authors: 'Andrija Djurisic and Rosanne Liu and Mladen Nikolic',
      title: 'Logit Scaling for Out-of-Distribution Detection',
      year: 2024,
      arxiv: '2409.01175',
    },
    cost: 'O(D log D + C) a sample and percentile',
    quarrels: [
      'The paper has no ReLU before the sums, the code has one.',
      'A sample without any positive feature has r = 1; the code divides zero by zero.',
    ],
  },
  config: z.strictObject({
    percentiles: percentilesOption(
      [95, 65, 70, 75, 80, 85, 90],
      "percentages of each sample's activations that are not among the largest, to choose from",
    ),
  }),
  sweep: percentileSweep,
  setting: z.object({ percentile: percentileSetting }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  score: ({ ops, facts, tap, setting: { percentile } }) =>
    ops.tidy(() => {
      const active = ops.relu(flatten(ops, tap(facts.penultimate)));
      const count = Math.max(1, keptCount(active.shape[1], percentile));
      const top = ops.sum(ops.topk(active, count).values, 1, true);
      const ratio = ops.where(
        ops.greater(top, 0),
        ops.divNoNan(ops.sum(active, 1, true), top),
        ops.onesLike(top),
      );
      return logSumExp(ops, ops.mul(tap(facts.logits), ops.square(ratio)));
    }),
});
