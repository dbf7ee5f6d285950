import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';
import { temperatureSetting, temperatureSweep, temperaturesOption } from './parts/temperatures.js';

/** Probability that two draws from the softmax agree; a rejection of its complement is the optimal one that knows the softmax alone. */
export const doctor = defineMethod({
  name: 'doctor',
  revision: 1,
  card: {
    title: 'DOCTOR',
    score: 'sum over classes of p^2, p = softmax(z / T)',
    cites: {
      authors:
        'Federica Granese and Marco Romanelli and Daniele Gorla and Catuscia Palamidessi and Pablo Piantanida',
      title: 'DOCTOR: A Simple Method for Detecting Misclassification Errors',
      year: 2021,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2106.02395',
      at: 'section 3',
    },
    cost: 'O(C) a sample',
    quarrels: [
      'The paper rejects by (1 - s) / s of this s, which ranks the same; its beta variant ranks as the maximum softmax probability does, and its input perturbation is left out.',
    ],
  },
  config: z.strictObject({ temperatures: temperaturesOption }),
  sweep: temperatureSweep,
  setting: temperatureSetting,
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap, setting: { temperature } }) =>
    ops.tidy(() => {
      const p = ops.softmax(ops.div(flatten(ops, tap(facts.logits)), temperature));
      return as1D(ops, ops.sum(ops.square(p), 1));
    }),
});
