import { defineMethod, type Tensor2D } from './method.js';
import { meanOverPasses, STOCHASTIC } from './parts/dropout-passes.js';
import { negativeEntropies } from './parts/negative-entropies.js';
import { as1D } from './parts/shapes.js';

/** How little the stochastic passes disagree: the entropy of their mean less their mean entropy is what the model does not know. */
export const mcDropoutMutualInformation = defineMethod({
  name: 'mc-dropout-mutual-information',
  revision: 1,
  card: {
    title: 'MC-dropout mutual information',
    score: '-(H(mean p) - mean H(p)), p the softmax of each stochastic pass',
    cost: 'the layers after the dropout once for each pass',
    cites: {
      authors: 'Neil Houlsby and Ferenc Huszár and Zoubin Ghahramani and Máté Lengyel',
      title: 'Bayesian Active Learning for Classification and Preference Learning',
      year: 2011,
      arxiv: '1112.5745',
      at: 'eq. 2',
    },
  },
  ...STOCHASTIC,
  score: (batch) => {
    const { ops } = batch;
    return ops.tidy(() => {
      const mean = meanOverPasses(batch, (logits) => {
        const p = ops.softmax(logits);
        return ops.concat<Tensor2D>([p, negativeEntropies(ops, p)], 1);
      });
      const classes = mean.shape[1] - 1;
      const [p, ownEntropies] = ops.split<Tensor2D>(mean, [classes, 1], 1);
      return as1D(ops, ops.sub(negativeEntropies(ops, p), ownEntropies));
    });
  },
});
