import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';

/** Negative entropy of the softmax: a sure prediction has little, whichever class it is for. */
export const entropy = defineMethod({
  name: 'entropy',
  revision: 1,
  card: {
    title: 'Entropy',
    score: 'sum over classes of p log p, p = softmax(z)',
    cites: {
      authors: 'Robin Chan and Matthias Rottmann and Hanno Gottschalk',
      title:
        'Entropy Maximization and Meta Classification for Out-of-Distribution Detection in Semantic Segmentation',
      year: 2021,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2012.06575',
    },
    cost: 'O(C) a sample',
    quarrels: [
      'The paper trains the network on entropy of outliers; post hoc, as in pytorch-ood and oodeel, only the score is left.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap }) =>
    ops.tidy(() => {
      const z = flatten(ops, tap(facts.logits));
      return as1D(ops, ops.sum(ops.mul(ops.softmax(z), ops.logSoftmax(z)), 1));
    }),
});
