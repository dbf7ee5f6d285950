import { z } from 'zod';
import { defineMethod } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { energyOf } from './parts/energy-of.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import {
  percentileSetting,
  percentileSweep,
  percentilesOption,
  percentileTable,
} from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';

/** Energy by the weights alone that contribute most to the logits of the train set: the others carry noise. */
export const dice = defineMethod({
  name: 'dice',
  revision: 1,
  card: {
    title: 'DICE',
    score: 'logsumexp((M * W) h + b), M = 1 where W * mean h is above its percentile, else 0',
    cost: 'O(C D) a sample and percentile; fit O(N D + C D log(C D))',
    cites: {
      authors: 'Yiyou Sun and Yixuan Li',
      title: 'DICE: Leveraging Sparsification for Out-of-Distribution Detection',
      year: 2022,
      proceedings: 'European Conference on Computer Vision',
      arxiv: '2111.09805',
      at: 'eq. 2-4',
    },
  },
  config: z.strictObject({
    percentiles: percentilesOption(
      [90, 70, 50, 30, 10],
      'percentages of the weights to leave out, to choose from',
    ),
  }),
  sweep: percentileSweep,
  setting: z.object({ percentile: percentileSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts, head: { weight } }) => {
      const mean = columnMeans(kept(facts.penultimate));
      const contributions = weight.data.map((value, i) => value * mean[i % weight.columns]);
      return {
        contributions: { shape: [weight.rows, weight.columns], data: contributions },
        percentiles: { shape: [101], data: percentileTable(contributions) },
      };
    },
  },
  score: ({ ops, facts, tap, state, head, setting: { percentile } }) =>
    ops.tidy(() => {
      const least = ops.slice(state('percentiles'), [percentile], [1]);
      const isKept = ops.cast(ops.greater(state('contributions'), least), 'float32');
      const [rows, columns] = head.weight.shape;
      const weight = as2D(ops, ops.mul(head.weight, isKept), rows, columns);
      return energyOf(ops, flatten(ops, tap(facts.penultimate)), { weight, bias: head.bias });
    }),
});
