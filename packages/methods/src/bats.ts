import { z } from 'zod';
import { defineMethod } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { featureMoments } from './parts/feature-moments.js';
import { fitFeatures } from './parts/fit-features.js';
import { as2D, flatten } from './parts/shapes.js';

const widthSchema = z.number().positive().max(1000);

/** Energy of features each of which is cut to what is typical of it on the train set. */
export const bats = defineMethod({
  name: 'bats',
  revision: 1,
  card: {
    title: 'BATS',
    score: "logsumexp(W h' + b), h' = h cut to mean - w sd .. mean + w sd of each feature",
    cites: {
      authors:
        'Yao Zhu and Yuefeng Chen and Chuanlong Xie and Xiaodan Li and Rong Zhang and Hui Xue and Xiang Tian and Bolun Zheng and Yaowu Chen',
      title: 'Boosting Out-of-distribution Detection with Typical Features',
      year: 2022,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2210.04200',
    },
    cost: 'O(C D) a sample and width; fit O(N D)',
    quarrels: [
      'The paper takes mean and deviation from the running statistics of the last batch normalisation; here they are those of the train features, which every network has.',
      'The width is tuned for each network there; the default is that for ImageNet.',
    ],
  },
  config: z.strictObject({
    widths: z
      .array(widthSchema)
      .min(1)
      .max(100)
      .default([1.05])
      .meta({ title: 'half widths of what is typical, in standard deviations, to choose from' }),
  }),
  sweep: ({ widths }) => ({ settings: widths.map((width) => ({ width })), fallback: 0 }),
  setting: z.object({ width: widthSchema }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures((h) => {
    const { mean, deviation } = featureMoments(h);
    return { mean: { shape: [h.columns], data: mean }, deviation: { shape: [h.columns], data: deviation } };
  }),
  score: ({ ops, facts, tap, state, head, setting: { width } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const reach = ops.mul(state('deviation'), width);
      const least = ops.sub(state('mean'), reach);
      const most = ops.add(state('mean'), reach);
      const typical = ops.minimum(ops.maximum(h, least), most);
      return energyOf(ops, as2D(ops, typical, h.shape[0], h.shape[1]), head);
    }),
});
