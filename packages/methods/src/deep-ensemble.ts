import { modelReferenceSchema } from '@oodgrid/models';
import { z } from 'zod';
import { defineRow } from './method.js';
import { msp } from './msp.js';

/** The mean of the members' maxima, not the maximum of their mean. */
export const deepEnsemble = defineRow(msp, {
  name: 'deep-ensemble',
  card: {
    title: 'Deep Ensemble',
    score: "mean over members of each member's max softmax",
    cost: 'a pass of each member',
    cites: {
      authors: 'Balaji Lakshminarayanan and Alexander Pritzel and Charles Blundell',
      title: 'Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles',
      year: 2017,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '1612.01474',
    },
  },
  config: z.strictObject({
    members: z
      .array(modelReferenceSchema)
      .min(2)
      .max(100)
      .meta({ title: 'models of the ensemble: names or {name, architecture, weights}' }),
  }),
  models: 'members',
});
