import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';
import { uniformPull } from './parts/uniform-pull.js';

/**
 * L1 norm of the gradient, by the last layer's weights, of the cross-entropy of the softmax to the uniform distribution; in closed form
 * a product of two norms.
 */
export const gradnorm = defineMethod({
  name: 'gradnorm',
  revision: 1,
  card: {
    title: 'GradNorm',
    score: '||h||_1 ||1 - C p||_1, C classes',
    cost: 'O(C + D) a sample',
    cites: {
      authors: 'Rui Huang and Andrew Geng and Yixuan Li',
      title: 'On the Importance of Gradients for Detecting Distributional Shifts in the Wild',
      year: 2021,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2110.00218',
      at: 'eq. 4-8',
    },
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  score: (batch) => {
    const { ops, facts, tap } = batch;
    return ops.tidy(() => {
      const ofLogits = ops.sum(ops.abs(uniformPull(batch)), 1);
      const ofFeatures = ops.sum(ops.abs(flatten(ops, tap(facts.penultimate))), 1);
      return as1D(ops, ops.mul(ofFeatures, ofLogits));
    });
  },
});
