import { defineMethod } from './method.js';
import { meanOverPasses, STOCHASTIC } from './parts/dropout-passes.js';
import { negativeEntropies } from './parts/negative-entropies.js';
import { as1D } from './parts/shapes.js';

/** Negative entropy of the mean softmax over stochastic passes: the uncertainty of data and model together. */
export const mcDropoutEntropy = defineMethod({
  name: 'mc-dropout-entropy',
  revision: 1,
  card: {
    title: 'MC-dropout entropy',
    score: 'sum over classes of p log p, p the mean softmax over stochastic passes',
    cost: 'the layers after the dropout once for each pass',
    cites: {
      authors: 'Yarin Gal and Riashat Islam and Zoubin Ghahramani',
      title: 'Deep Bayesian Active Learning with Image Data',
      year: 2017,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '1703.02910',
      at: 'section 4',
    },
  },
  ...STOCHASTIC,
  score: (batch) =>
    batch.ops.tidy(() => {
      const p = meanOverPasses(batch, (logits) => batch.ops.softmax(logits));
      return as1D(batch.ops, negativeEntropies(batch.ops, p));
    }),
});
