import { z } from 'zod';
import { defineMethod, type Ops, type Tensor, type Tensor2D } from './method.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { tiedGaussian } from './parts/tied-gaussian.js';

/** (h - mu)' P (h - mu) of every mean [k, d]: [n, k]. */
function distances(ops: Ops, h: Tensor2D, means: Tensor, precision: Tensor): Tensor2D {
  const [n, d] = h.shape;
  return ops.tidy(() => {
    const all = ops.unstack(means).map((mean) => {
      const z: Tensor2D = ops.sub(h, mean);
      return ops.sum(ops.mul(ops.matMul(z, as2D(ops, precision, d, d)), z), 1);
    });
    return as2D(ops, ops.stack(all, 1), n, all.length);
  });
}

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
      const closest = ops.min(distances(ops, h, state('means'), state('precision')), 1);
      const ofAll = as1D(ops, distances(ops, h, state('means.all'), state('precision.all')));
      return as1D(ops, ops.sub(ofAll, closest));
    }),
});
