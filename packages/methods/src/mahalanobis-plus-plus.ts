import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, flatten } from './parts/shapes.js';
import { squaredDistances } from './parts/squared-distances.js';
import { tiedGaussian } from './parts/tied-gaussian.js';
import { unitRows } from './parts/unit-rows.js';

/** Mahalanobis distance to the closest class of features that are scaled to length 1: their lengths are far from Gaussian. */
export const mahalanobisPlusPlus = defineMethod({
  name: 'mahalanobis-plus-plus',
  revision: 1,
  card: {
    title: 'Mahalanobis++',
    score: "-min over classes of (u - mu)' P (u - mu), u = h / ||h||",
    cites: {
      authors: 'Maximilian Mueller and Matthias Hein',
      title: 'Mahalanobis++: Improving OOD Detection via Feature Normalization',
      year: 2025,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2505.18032',
    },
    cost: 'O(C D^2) a sample; fit O(N D^2 + D^3)',
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    needsLabels: 'every-class',
    collect: keepPenultimate,
    solve: (kept, { facts: { penultimate, classes, features: d }, labels }) => {
      const h = kept(penultimate);
      const { means, precision } = tiedGaussian(penultimate, { ...h, data: unitRows(h) }, labels, classes);
      return {
        means: { shape: [classes, d], data: means },
        precision: { shape: [d, d], data: precision },
      };
    },
  },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      return as1D(ops, ops.neg(ops.min(squaredDistances(ops, u, state('means'), state('precision')), 1)));
    }),
});
