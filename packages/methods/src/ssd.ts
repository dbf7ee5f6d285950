import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { fitFeatures } from './parts/fit-features.js';
import { as1D, flatten } from './parts/shapes.js';
import { squaredDistances } from './parts/squared-distances.js';
import { tiedGaussian } from './parts/tied-gaussian.js';
import { unitRows } from './parts/unit-rows.js';

/** Mahalanobis distance of the direction of the features to the one Gaussian of the whole train set: no labels are needed. */
export const ssd = defineMethod({
  name: 'ssd',
  revision: 1,
  card: {
    title: 'SSD',
    score: "-(u - mu)' P (u - mu), u = h / ||h||, mu and P of all train samples",
    cites: {
      authors: 'Vikash Sehwag and Mung Chiang and Prateek Mittal',
      title: 'SSD: A Unified Framework for Self-Supervised Outlier Detection',
      year: 2021,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2103.12051',
      at: 'section 3',
    },
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      "The paper's network is trained without labels; the score, with its single cluster, is of any.",
      'The paper divides the covariance by N - 1, which ranks the same as N here.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitFeatures((h, { facts: { penultimate } }) => {
    const d = h.columns;
    const u = { ...h, data: unitRows(h) };
    const { means, precision } = tiedGaussian(penultimate, u, new Int32Array(u.rows), 1);
    return { means: { shape: [1, d], data: means }, precision: { shape: [d, d], data: precision } };
  }),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      return as1D(ops, ops.neg(squaredDistances(ops, u, state('means'), state('precision'))));
    }),
});
