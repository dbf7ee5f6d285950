import { modelReferenceSchema } from '@oodgrid/models';
import { z } from 'zod';
import { defineRow } from './method.js';
import { msp } from './msp.js';

/** The maximum softmax probability of a model that was trained with outliers, whose softmax was to be uniform. */
export const outlierExposure = defineRow(msp, {
  name: 'outlier-exposure',
  card: {
    title: 'Outlier Exposure',
    score: 'max softmax(z) of a model trained with outliers',
    cost: 'a pass of the other model',
    cites: {
      authors: 'Dan Hendrycks and Mantas Mazeika and Thomas Dietterich',
      title: 'Deep Anomaly Detection with Outlier Exposure',
      year: 2019,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '1812.04606',
    },
  },
  config: z.strictObject({
    model: modelReferenceSchema.meta({
      title: 'the model trained with outliers: a name or {name, architecture, weights}',
    }),
  }),
  models: 'model',
});
