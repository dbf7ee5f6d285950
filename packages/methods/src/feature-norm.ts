import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';

const orderSchema = z.enum(['l1', 'l2']);

/** Length of the features: a network answers more loudly to what it was trained on. */
export const featureNorm = defineMethod({
  name: 'feature-norm',
  revision: 1,
  card: {
    title: 'Feature norm',
    score: '||h||_2, or ||h||_1',
    cites: {
      authors: 'Jaewoo Park and Jacky Chen Long Chai and Jaeho Yoon and Andrew Beng Jin Teoh',
      title: 'Understanding the Feature Norm for Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2310.05316',
    },
    cost: 'O(D) a sample',
    quarrels: [
      'SIRC and NCI have the sum of absolute features as a part of theirs. FeatureNorm (arXiv:2212.02295) is another method, the norm of a feature map of an inner block.',
    ],
  },
  config: z.strictObject({
    order: orderSchema.default('l2').meta({ title: 'l2, or l1, the sum of absolute features' }),
  }),
  constants: ({ order }) => ({ order }),
  setting: z.object({ order: orderSchema }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  score: ({ ops, facts, tap, setting: { order } }) =>
    ops.tidy(() => as1D(ops, ops.norm(flatten(ops, tap(facts.penultimate)), order === 'l1' ? 1 : 2, 1))),
});
