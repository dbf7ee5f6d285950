import { z } from 'zod';
import { defineMethod } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { fitFeatures } from './parts/fit-features.js';
import { as1D, flatten } from './parts/shapes.js';

const alphaSchema = z.number().min(0).max(1e6);

/** Closeness of the centred features to the weights of the predicted class, which neural collapse brings about, and their length. */
export const nci = defineMethod({
  name: 'nci',
  revision: 1,
  card: {
    title: 'NCI',
    score: '<W_y, h - mean> / ||h - mean|| + alpha ||h||_1, y the predicted class',
    cites: {
      authors: 'Litian Liu and Yao Qin',
      title: 'Detecting Out-of-Distribution through the Lens of Neural Collapse',
      year: 2025,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2311.01479',
    },
    cost: 'O(C + D) a sample; fit O(N D)',
    quarrels: [
      "Features that are the train set's mean have no direction; their first term is 0 here, NaN in the code.",
    ],
  },
  config: z.strictObject({
    alphas: z
      .array(alphaSchema)
      .min(1)
      .max(100)
      .default([1e-4, 1e-3, 1e-2, 1e-1])
      .meta({ title: 'weights alpha of the norm to choose from' }),
  }),
  sweep: ({ alphas }) => ({ settings: alphas.map((alpha) => ({ alpha })), fallback: 0 }),
  setting: z.object({ alpha: alphaSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: fitFeatures((h) => ({ mean: { shape: [h.columns], data: columnMeans(h) } })),
  score: ({ ops, facts, tap, state, head, setting: { alpha } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const predicted = as1D(ops, ops.argMax(flatten(ops, tap(facts.logits)), 1));
      const centred = ops.sub(h, state('mean'));
      const along = ops.sum(ops.mul(ops.gather(head.weight, predicted), centred), 1);
      const closeness = ops.divNoNan(along, ops.norm(centred, 2, 1));
      return as1D(ops, ops.add(closeness, ops.mul(ops.norm(h, 1, 1), alpha)));
    }),
});
