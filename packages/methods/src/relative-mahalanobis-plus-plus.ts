import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { fitLabelled } from './parts/fit-features.js';
import { as1D, flatten } from './parts/shapes.js';
import { squaredDistances } from './parts/squared-distances.js';
import { tiedGaussian, tiedState } from './parts/tied-gaussian.js';
import { unitRows } from './parts/unit-rows.js';

/** Mahalanobis++ less the distance to a Gaussian of all classes together. */
export const relativeMahalanobisPlusPlus = defineMethod({
  name: 'relative-mahalanobis-plus-plus',
  revision: 1,
  card: {
    title: 'Relative Mahalanobis++',
    score: "max over classes of (u - mu_0)' P_0 (u - mu_0) - (u - mu)' P (u - mu), u = h / ||h||",
    cites: {
      authors: 'Maximilian Mueller and Matthias Hein',
      title: 'Mahalanobis++: Improving OOD Detection via Feature Normalization',
      year: 2025,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2505.18032',
    },
    cost: 'O(C D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      "The code fits the Gaussian of all classes on features that are not normalised where the classes' statistics come from its cache; here both are fitted on normalised ones.",
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled((h, context) => {
    const d = h.columns;
    const u = { ...h, data: unitRows(h) };
    const all = tiedGaussian(context.facts.penultimate, u, new Int32Array(u.rows), 1);
    return {
      ...tiedState(u, context),
      'means.all': { shape: [1, d], data: all.means },
      'precision.all': { shape: [d, d], data: all.precision },
    };
  }),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      const closest = ops.min(squaredDistances(ops, u, state('means'), state('precision')), 1);
      const ofAll = squaredDistances(ops, u, state('means.all'), state('precision.all'));
      return as1D(ops, ops.sub(as1D(ops, ofAll), closest));
    }),
});
