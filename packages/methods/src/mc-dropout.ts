import { defineMethod } from './method.js';
import { meanOverPasses, STOCHASTIC } from './parts/dropout-passes.js';
import { as1D } from './parts/shapes.js';

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
  ...STOCHASTIC,
  splitOrder: 'file',
  columns: () => ['msp'],
  score: (batch) =>
    batch.ops.tidy(() =>
      as1D(
        batch.ops,
        batch.ops.max(
          meanOverPasses(batch, (logits) => batch.ops.softmax(logits)),
          1,
        ),
      ),
    ),
});
