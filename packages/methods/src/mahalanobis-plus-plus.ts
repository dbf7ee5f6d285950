import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { fitLabelled } from './parts/fit-features.js';
import { as1D, flatten } from './parts/shapes.js';
import { squaredDistances } from './parts/squared-distances.js';
import { tiedState } from './parts/tied-gaussian.js';
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
  fit: fitLabelled((h, context) => tiedState({ ...h, data: unitRows(h) }, context)),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      return as1D(ops, ops.neg(ops.min(squaredDistances(ops, u, state('means'), state('precision')), 1)));
    }),
});
