import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';

/** Difference of the two largest softmax probabilities. */
export const softmaxMargin = defineMethod({
  name: 'softmax-margin',
  revision: 1,
  card: {
    title: 'Softmax margin',
    score: 'p_1 - p_2, the two largest of softmax(z)',
    cites: {
      authors: 'Jiachen Liang and Ruibing Hou and Minyang Hu and Hong Chang and Shiguang Shan and Xilin Chen',
      title: 'Revisiting Logit Distributions for Reliable Out-of-Distribution Detection',
      year: 2025,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2510.20134',
    },
    cost: 'O(C) a sample',
    quarrels: ["The score is older than any paper that names it; the cited one's code has it as a baseline."],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap }) =>
    ops.tidy(() => {
      const p = ops.softmax(flatten(ops, tap(facts.logits)));
      const { values } = ops.topk(p, Math.min(2, facts.classes));
      // A class that is the only one is ahead of none.
      const next = facts.classes === 1 ? 0 : ops.min(values, 1);
      return as1D(ops, ops.sub(ops.max(values, 1), next));
    }),
});
