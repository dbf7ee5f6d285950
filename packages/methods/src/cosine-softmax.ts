import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { flatten } from './parts/shapes.js';

/** Softmax of the cosines between the features and the rows of the last layer: logits without the lengths of either. */
export const cosineSoftmax = defineMethod({
  name: 'cosine-softmax',
  revision: 1,
  card: {
    title: 'Cosine softmax',
    score: 'max softmax(s cos(h, W_c))',
    cites: {
      authors: 'Engkarat Techapanurak and Masanori Suganuma and Takayuki Okatani',
      title: 'Hyperparameter-Free Out-of-Distribution Detection Using Cosine Similarity',
      year: 2020,
      proceedings: 'Asian Conference on Computer Vision',
      arxiv: '1905.10628',
    },
    cost: 'O(C D) a sample',
    quarrels: [
      'The paper trains the network with this layer and a learned scale; post hoc, as in the code of Mahalanobis++, the scale is 1 and the bias is dropped.',
    ],
  },
  config: z.strictObject({
    scale: z.number().min(1e-3).max(1e3).default(1).meta({ title: 'scale s of the cosines' }),
  }),
  constants: ({ scale }) => ({ scale }),
  setting: z.object({ scale: z.number() }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  score: ({ ops, facts, tap, head, setting: { scale } }) =>
    ops.tidy(() => {
      const h = directions(ops, flatten(ops, tap(facts.penultimate)));
      return maxSoftmax(ops, ops.mul(ops.matMul(h, directions(ops, head.weight), false, true), scale));
    }),
});
