import { scatter, symmetricPseudoInverse } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { directions } from './parts/directions.js';
import { fitFeatures } from './parts/fit-features.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** Pseudo-inverse of the sum over samples of u u', u = h / ||h||: [d, d]. */
function inverseScatter(h: Rows): Float32Array {
  const sum = scatter({ ...h, data: unitRows(h) });
  return Float32Array.from(symmetricPseudoInverse(sum, h.columns));
}

/** Regret of the last layer against a learner that is given the true label: large where the features point away from the train set. */
export const pnml = defineMethod({
  name: 'pnml',
  revision: 1,
  card: {
    title: 'pNML',
    score:
      "-log sum over classes of p / (p + (1 - p) p^k) / log C, p = softmax(W u + b), u = h / ||h||, k = t / (1 + t), t = u' (sum of u u')^+ u",
    cites: {
      authors: 'Koby Bibas and Meir Feder and Tal Hassner',
      title: 'Single Layer Predictive Normalized Maximum Likelihood for Out-of-Distribution Detection',
      year: 2021,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2110.09246',
    },
    cost: 'O(D^2 + C D) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      "The authors' pseudo-inverse keeps eigenvalues down to 1e-15 in float32, which is noise where units are dead; here those below D 2^-52 of the largest are dropped, in float64.",
      'A model of one class has no regret: all scores are 0.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures((h) => ({ inverse: { shape: [h.columns, h.columns], data: inverseScatter(h) } })),
  score: ({ ops, facts, tap, state, head: { weight, bias } }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      const [, d] = u.shape;
      const along = ops.matMul(u, as2D(ops, state('inverse'), d, d));
      const t = ops.relu(ops.sum(ops.mul(along, u), 1, true));
      const kappa = ops.div(t, ops.add(t, 1));
      const p = ops.clipByValue(ops.softmax(ops.add(ops.matMul(u, weight, false, true), bias)), 1e-12, 1);
      const weighed = ops.add(p, ops.mul(ops.sub(1, p), ops.pow(p, kappa)));
      const regret = ops.log(ops.sum(ops.div(p, weighed), 1));
      return as1D(ops, ops.div(regret, -Math.log(Math.max(2, facts.classes))));
    }),
});
