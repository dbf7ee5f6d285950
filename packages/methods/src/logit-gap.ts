import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D, flatten } from './parts/shapes.js';

/** Mean distance of the largest logit to those that follow it. */
export const logitGap = defineMethod({
  name: 'logit-gap',
  revision: 1,
  card: {
    title: 'LogitGap',
    score: 'mean over the n logits after the largest of max z - z_k',
    cites: {
      authors: 'Jiachen Liang and Ruibing Hou and Minyang Hu and Hong Chang and Shiguang Shan and Xilin Chen',
      title: 'Revisiting Logit Distributions for Reliable Out-of-Distribution Detection',
      year: 2025,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2510.20134',
    },
    cost: 'O(C log C) a sample',
    quarrels: [
      'The paper finds n on validation data; the default here is its fixed share for CLIP, a fifth of the classes.',
      'Counts beyond C - 1 are C - 1.',
    ],
  },
  config: z.strictObject({
    counts: z.array(z.number().int().min(1).max(100_000)).min(1).max(100).optional().meta({
      title: 'how many logits after the largest count, to choose from; a fifth of the classes where left out',
    }),
  }),
  sweep: ({ counts }, { classes }) => ({
    settings: (counts ?? [Math.max(1, Math.round(classes / 5))]).map((count) => ({ count })),
    fallback: 0,
  }),
  setting: z.object({ count: z.number().int().min(1) }),
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap, setting: { count } }) =>
    ops.tidy(() => {
      const z = flatten(ops, tap(facts.logits));
      const others = Math.min(count, facts.classes - 1);
      const { values } = ops.topk(z, others + 1);
      const gaps = ops.sub(ops.slice(values, [0, 0], [z.shape[0], 1]), values);
      return as1D(ops, ops.div(ops.sum(gaps, 1), Math.max(1, others)));
    }),
});
