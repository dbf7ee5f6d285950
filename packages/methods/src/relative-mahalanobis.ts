import { z } from 'zod';
import { defineMethod } from './method.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, flatten } from './parts/shapes.js';
import { squaredDistances } from './parts/squared-distances.js';
import { tiedGaussian } from './parts/tied-gaussian.js';

/** Mahalanobis distance of the penultimate features to the closest class, less that to a Gaussian of all classes together. */
export const relativeMahalanobis = defineMethod({
  name: 'relative-mahalanobis',
  revision: 1,
  card: {
    title: 'Relative Mahalanobis',
    score: "max over classes of (h - mu_0)' P_0 (h - mu_0) - (h - mu)' P (h - mu)",
    cost: 'O(C D^2) a sample; fit O(N D^2 + D^3)',
    cites: {
      authors:
        'Jie Ren and Stanislav Fort and Jeremiah Liu and Abhijit Guha Roy and Shreyas Padhy and Balaji Lakshminarayanan',
      title: 'A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection',
      year: 2021,
      arxiv: '2106.09022',
      at: 'eq. 2-3',
    },
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    needsLabels: 'every-class',
    collect: keepPenultimate,
    solve: (kept, { facts, labels }) => {
      const h = kept(facts.penultimate);
      const classes = tiedGaussian(facts.penultimate, h, labels, facts.classes);
      const all = tiedGaussian(facts.penultimate, h, new Int32Array(h.rows), 1);
      const d = h.columns;
      return {
        means: { shape: [facts.classes, d], data: classes.means },
        precision: { shape: [d, d], data: classes.precision },
        'means.all': { shape: [1, d], data: all.means },
        'precision.all': { shape: [d, d], data: all.precision },
      };
    },
  },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const closest = ops.min(squaredDistances(ops, h, state('means'), state('precision')), 1);
      const ofAll = as1D(ops, squaredDistances(ops, h, state('means.all'), state('precision.all')));
      return as1D(ops, ops.sub(ofAll, closest));
    }),
});
