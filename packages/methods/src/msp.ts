import { MAX_SOFTMAX } from '@oodgrid/contract';
import { z } from 'zod';
import { defineArithmetic, defineRow } from './method.js';
import { maxSoftmax } from './parts/max-softmax.js';

/**
 * Maximum softmax probability, in float32 as the paper's code has it, so its large groups of exact 1.0
 * are kept. Also the score of each Deep Ensemble member and of a model trained with Outlier Exposure.
 */
export const msp = defineArithmetic({
  name: MAX_SOFTMAX.compute,
  revision: MAX_SOFTMAX.revision,
  setting: z.object({}),
  splitOrder: 'file',
  needs: ({ logits }) => ({ taps: [logits] }),
  columns: () => MAX_SOFTMAX.columns,
  score: ({ ops, facts, tap }) => maxSoftmax(ops, tap(facts.logits)),
});

/** The maximum softmax probability of the cell's own model. */
export const baseline = defineRow(msp, {
  name: 'baseline',
  card: {
    title: 'Baseline (MSP)',
    score: 'max softmax(z)',
    cost: 'O(C) a sample',
    cites: {
      authors: 'Dan Hendrycks and Kevin Gimpel',
      title: 'A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks',
      year: 2017,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '1610.02136',
    },
  },
  config: z.strictObject({}),
});
