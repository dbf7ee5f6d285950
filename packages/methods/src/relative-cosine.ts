import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { fitLabelled } from './parts/fit-features.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { meanDirections } from './parts/mean-directions.js';
import { flatten } from './parts/shapes.js';

/** Softmax of the cosine to the closest class mean among those to all class means. */
export const relativeCosine = defineMethod({
  name: 'relative-cosine',
  revision: 1,
  card: {
    title: 'Relative cosine',
    score: 'max over classes of softmax(cos(h, mu) / T)',
    cites: {
      authors: 'Julian Bitterwolf and Maximilian Mueller and Matthias Hein',
      title: 'In or Out? Fixing ImageNet Out-of-Distribution Detection Evaluation',
      year: 2023,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2306.00826',
    },
    cost: 'O(C D) a sample; fit O(N D)',
  },
  config: z.strictObject({
    temperature: z.number().min(1e-3).max(1e3).default(1).meta({ title: 'temperature T' }),
  }),
  constants: ({ temperature }) => ({ temperature }),
  setting: z.object({ temperature: z.number() }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(meanDirections),
  score: ({ ops, facts, tap, state, setting: { temperature } }) =>
    ops.tidy(() => {
      const h = directions(ops, flatten(ops, tap(facts.penultimate)));
      return maxSoftmax(ops, ops.div(ops.matMul(h, state('means'), false, true), temperature));
    }),
});
