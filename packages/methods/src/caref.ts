import { z } from 'zod';
import { defineMethod } from './method.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { predictedMeans } from './parts/predicted-classes.js';
import { as1D, flatten } from './parts/shapes.js';

/** A sample without any feature counts as one of this size. */
const LEAST = 1e-20;

/** Distance of the features from the mean of those predicted as the same class, relative to their own norm. */
export const caref = defineMethod({
  name: 'caref',
  revision: 1,
  card: {
    title: 'CARef',
    score: '-||h - mu_y||_1 / ||h||_1, y the predicted class',
    cites: {
      authors:
        'Zhiwei Ling and Yachen Chang and Hailiang Zhao and Xinkui Zhao and Kingsum Chow and Shuiguang Deng',
      title:
        'CADRef: Robust Out-of-Distribution Detection via Class-Aware Decoupled Relative Feature Leveraging',
      year: 2025,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2503.00325',
    },
    cost: 'O(C + D) a sample; fit O(N D)',
    quarrels: [
      'Means are over the train samples that are predicted as a class, as in the code; of a class that none is, the mean of all samples, where the code has NaN.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    collect: keepFeaturesAndLogits,
    solve: (kept, { facts: { penultimate, logits, classes, features } }) => ({
      means: { shape: [classes, features], data: predictedMeans(kept(penultimate), kept(logits)) },
    }),
  },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const predicted = as1D(ops, ops.argMax(flatten(ops, tap(facts.logits)), 1));
      const error = ops.sum(ops.abs(ops.sub(h, ops.gather(state('means'), predicted))), 1);
      return as1D(ops, ops.neg(ops.div(error, ops.maximum(ops.sum(ops.abs(h), 1), LEAST))));
    }),
});
