import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { axesFor, explainedAxes, shareSetting, shareSweep, sharesOption } from './parts/explained-axes.js';
import { featureMoments } from './parts/feature-moments.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** As `featureMoments`; a feature that never varies has deviation 1. */
function standardOf(rows: Rows): { readonly mean: Float32Array; readonly deviation: Float32Array } {
  const { mean, deviation } = featureMoments(rows);
  return { mean, deviation: deviation.map((value) => value || 1) };
}

/** How much of the standardised features lies in the principal space of the train set, times the largest logit. */
export const neco = defineMethod({
  name: 'neco',
  revision: 1,
  card: {
    title: 'NECO',
    score: '||P s|| / ||s|| max z, s = (h - mean) / sd, P the principal axes of the train set',
    cites: {
      authors:
        'Mouin Ben Ammar and Nacim Belkhir and Sebastian Popescu and Antoine Manzanera and Gianni Franchi',
      title: 'NECO: NEural Collapse Based Out-of-distribution detection',
      year: 2024,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2310.06823',
      at: 'eq. 7',
    },
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      'The paper tunes the number of axes for each model; the default is the share of .90 that its demo computes.',
      'The demo does not standardise features of vision transformers and leaves the logit out for some: option `logit`.',
      'A largest logit below zero reverses the order of the ratio, here as in the code.',
    ],
  },
  config: z.strictObject({
    shares: sharesOption([0.9]),
    logit: z.boolean().default(true).meta({ title: 'whether the ratio is multiplied by the largest logit' }),
  }),
  constants: ({ logit }) => ({ logit }),
  sweep: shareSweep,
  setting: z.object({ share: shareSetting, logit: z.boolean() }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts: { penultimate, features: d } }) => {
      const h = kept(penultimate);
      const { mean, deviation } = standardOf(h);
      const data = h.data.map((value, i) => (value - mean[i % d]) / deviation[i % d]);
      return {
        mean: { shape: [d], data: mean },
        deviation: { shape: [d], data: deviation },
        ...explainedAxes({ ...h, data }, Float64Array.from(columnMeans({ ...h, data }))),
      };
    },
  },
  score: ({ ops, facts, tap, state, setting: { share, logit } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [, d] = h.shape;
      const s = as2D(ops, ops.div(ops.sub(h, state('mean')), state('deviation')), h.shape[0], d);
      const axes = ops.slice(state('axes'), [0, 0], [axesFor(state('shares'), share), d]);
      const inside = ops.norm(ops.matMul(s, axes, false, true), 2, 1);
      const ratio = ops.divNoNan(inside, ops.norm(s, 2, 1));
      return as1D(ops, logit ? ops.mul(ratio, ops.max(flatten(ops, tap(facts.logits)), 1)) : ratio);
    }),
});
