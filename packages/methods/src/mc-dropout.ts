import { z } from 'zod';
import { defineMethod, type Tensor2D } from './method.js';
import { as1D, as2D } from './parts/shapes.js';

/**
 * Maximum of the mean softmax over stochastic passes with dropout active; the rest of the network stays
 * in evaluation mode. Masks are a function of (seed, sample, pass, layer, unit), so scores do not depend
 * on batches, slices or workers.
 */
export const mcDropout = defineMethod({
  name: 'mc-dropout',
  revision: 1,
  card: {
    title: 'MC-dropout',
    score: 'max of the mean softmax over stochastic passes',
    cost: 'the layers after the dropout once for each pass',
    cites: {
      authors: 'Yarin Gal and Zoubin Ghahramani',
      title: 'Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning',
      year: 2016,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '1506.02142',
    },
  },
  config: z.strictObject({
    passes: z.number().int().min(1).max(10_000).default(32).meta({ title: 'stochastic passes per sample' }),
  }),
  constants: ({ passes }) => ({ passes }),
  setting: z.object({ passes: z.number().int().min(1).max(10_000) }),
  splitOrder: 'file',
  needs: () => ({ taps: [], dropout: true }),
  columns: () => ['msp'],
  passes: ({ passes }) => passes,
  score: ({ ops, setting: { passes }, dropoutLogits }) => {
    let sum: Tensor2D = as2D(ops, ops.zeros([1, 1]), 1, 1);
    for (const logits of dropoutLogits(passes)) {
      const next = ops.tidy(() => ops.add<Tensor2D>(sum, ops.softmax(logits)));
      ops.dispose([sum, logits]);
      sum = next;
    }
    return ops.tidy(() => as1D(ops, ops.max(ops.div(sum, passes), 1)));
  },
});
