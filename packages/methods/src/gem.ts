import { z } from 'zod';
import { defineMethod } from './method.js';
import { classDistances } from './parts/class-distances.js';
import { fitLabelled } from './parts/fit-features.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { tiedState } from './parts/tied-gaussian.js';

/** Energy whose logits are Gaussian log-likelihoods of the classes, which share one covariance. */
export const gem = defineMethod({
  name: 'gem',
  revision: 1,
  card: {
    title: 'GEM',
    score: "logsumexp over classes of -1/2 (h - mu)' P (h - mu)",
    cites: {
      authors: 'Peyman Morteza and Yixuan Li',
      title: 'Provable Guarantees for Understanding Out-of-distribution Detection',
      year: 2022,
      proceedings: 'AAAI Conference on Artificial Intelligence',
      arxiv: '2112.00787',
      at: 'section 3',
    },
    cost: 'O(C D^2) a sample; fit O(N D^2 + D^3)',
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(tiedState),
  score: (batch) => batch.ops.tidy(() => logSumExp(batch.ops, batch.ops.mul(classDistances(batch), -0.5))),
});
