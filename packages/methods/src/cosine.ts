import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { fitLabelled } from './parts/fit-features.js';
import { meanDirections } from './parts/mean-directions.js';
import { as1D, flatten } from './parts/shapes.js';

/** Likeness of the features to the closest class mean, by the angle between them. */
export const cosine = defineMethod({
  name: 'cosine',
  revision: 1,
  card: {
    title: 'Cosine',
    score: 'max over classes of cos(h, mu_c)',
    cites: {
      authors: 'Julian Bitterwolf and Maximilian Mueller and Matthias Hein',
      title: 'In or Out? Fixing ImageNet Out-of-Distribution Detection Evaluation',
      year: 2023,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2306.00826',
    },
    cost: 'O(C D) a sample; fit O(N D)',
    quarrels: [
      'Means are those of the raw features, normalised after; a sample or a class whose features are all zero has cosine 0.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(meanDirections),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const h = directions(ops, flatten(ops, tap(facts.penultimate)));
      return as1D(ops, ops.max(ops.matMul(h, state('means'), false, true), 1));
    }),
});
