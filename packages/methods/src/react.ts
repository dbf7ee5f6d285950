import { z } from 'zod';
import { defineMethod } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import {
  percentileSetting,
  percentileSweep,
  percentilesOption,
  percentileTable,
} from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';

/** Energy of features that are cut at a percentile of the train set's: a few units that OOD samples drive high count no more. */
export const react = defineMethod({
  name: 'react',
  revision: 1,
  card: {
    title: 'ReAct',
    score: 'logsumexp(W min(h, c) + b), c a percentile of all train features',
    cost: 'O(C D) a sample; fit O(N D log(N D))',
    cites: {
      authors: 'Yiyou Sun and Chuan Guo and Yixuan Li',
      title: 'ReAct: Out-of-distribution Detection With Rectified Activations',
      year: 2021,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2111.12797',
      at: 'eq. 3-4',
    },
  },
  config: z.strictObject({
    percentiles: percentilesOption(
      [90, 85, 95, 99],
      'percentiles of the train features to cut at, to choose from',
    ),
  }),
  sweep: percentileSweep,
  setting: z.object({ percentile: percentileSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts }) => ({
      percentiles: { shape: [101], data: percentileTable(kept(facts.penultimate).data) },
    }),
  },
  score: ({ ops, facts, tap, state, head, setting: { percentile } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const most = ops.slice(state('percentiles'), [percentile], [1]);
      return energyOf(ops, as2D(ops, ops.minimum(h, most), h.shape[0], h.shape[1]), head);
    }),
});
