import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';

/** L1 norm of the features over the number of units that are active: in-distribution samples wake few units, and those strongly. */
export const negativeAwareNorm = defineMethod({
  name: 'negative-aware-norm',
  revision: 1,
  card: {
    title: 'NAN',
    score: '||h||_1 / ||h||_0',
    cites: {
      authors: 'Jaewoo Park and Jacky Chen Long Chai and Jaeho Yoon and Andrew Beng Jin Teoh',
      title: 'Understanding the Feature Norm for Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2310.05316',
    },
    cost: 'O(D) a sample',
    quarrels: [
      'Counts need features that a ReLU made exactly zero; without one every unit counts, and the score is the mean of |h|.',
      'A sample without any active unit scores 0; the code divides by zero.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  score: ({ ops, facts, tap }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const active = ops.sum(ops.cast(ops.notEqual(h, 0), 'float32'), 1);
      return as1D(ops, ops.divNoNan(ops.sum(ops.abs(h), 1), active));
    }),
});
