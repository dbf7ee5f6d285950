import { z } from 'zod';
import { defineMethod, type Tensor } from './method.js';
import { as1D, flatten } from './parts/shapes.js';
import { uniformPull } from './parts/uniform-pull.js';

/** Squared length of the gradient, by the last layer, of a loss to a target that is all classes at once; in closed form a product. */
export const gradientUncertainty = defineMethod({
  name: 'gradient-uncertainty',
  revision: 1,
  card: {
    title: 'Gradient uncertainty',
    score: '||C p - 1||^2 (||h||^2 + 1), C classes',
    cites: {
      authors: 'Jinsol Lee and Ghassan AlRegib',
      title: 'Gradients as a Measure of Uncertainty in Neural Networks',
      year: 2020,
      proceedings: 'IEEE International Conference on Image Processing',
      arxiv: '2008.08030',
    },
    cost: 'O(C + D) a sample',
    quarrels: [
      'The paper trains a classifier on gradients of all layers; this is the last layer alone, weights and bias, as pytorch-ood sums it.',
      '-log p is not cut at 100, as torch cuts it: the gradient does not vanish for a class that float32 gives no probability.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  score: (batch) => {
    const { ops, facts, tap } = batch;
    const squares = (x: Tensor): Tensor => ops.sum(ops.square(x), 1);
    return ops.tidy(() => {
      const ofFeatures = squares(flatten(ops, tap(facts.penultimate)));
      return as1D(ops, ops.mul(squares(uniformPull(batch)), ops.add(ofFeatures, 1)));
    });
  },
});
