import { z } from 'zod';
import { defineMethod } from './method.js';
import { as1D } from './parts/shapes.js';

/** The largest logit: softmax forgets how large all of them are together, this does not. */
export const maxLogit = defineMethod({
  name: 'max-logit',
  revision: 1,
  card: {
    title: 'Max logit',
    score: 'max z',
    cost: 'O(C) a sample',
    cites: {
      authors:
        'Dan Hendrycks and Steven Basart and Mantas Mazeika and Andy Zou and Joseph Kwon and Mohammadreza Mostajabi and Jacob Steinhardt and Dawn Song',
      title: 'Scaling Out-of-Distribution Detection for Real-World Settings',
      year: 2022,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '1911.11132',
    },
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap }) => ops.tidy(() => as1D(ops, ops.max(tap(facts.logits), 1))),
});
