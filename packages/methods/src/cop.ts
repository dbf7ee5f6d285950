import { z } from 'zod';
import { defineMethod } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { directions } from './parts/directions.js';
import { axesFor, explainedAxes, shareSetting, shareSweep, sharesOption } from './parts/explained-axes.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** What the direction of the features has outside the principal space of those of the train set: kernel PCA with a cosine kernel. */
export const cop = defineMethod({
  name: 'cop',
  revision: 1,
  card: {
    title: 'CoP',
    score: '-||R (h / ||h|| - mean)||, R the axes beyond the principal ones',
    cites: {
      authors: 'Kun Fang and Qinghua Tao and Kexin Lv and Mingzhen He and Xiaolin Huang and Jie Yang',
      title: 'Kernel PCA for Out-of-Distribution Detection',
      year: 2024,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2402.02949',
    },
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      "The code's share differs by network: .85 for ResNet-18 on CIFAR-10, which is the default, .99 for ResNet-50 on ImageNet.",
      'Where the share needs every axis nothing is left outside, and all scores are 0.',
    ],
  },
  config: z.strictObject({ shares: sharesOption([0.85]) }),
  sweep: shareSweep,
  setting: z.object({ share: shareSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts: { penultimate, features: d } }) => {
      const h = kept(penultimate);
      const u = { ...h, data: unitRows(h) };
      const mean = columnMeans(u);
      return { mean: { shape: [d], data: mean }, ...explainedAxes(u, Float64Array.from(mean)) };
    },
  },
  score: ({ ops, facts, tap, state, setting: { share } }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      const [n, d] = u.shape;
      const count = axesFor(state('shares'), share);
      if (count === d) return ops.zeros([n]);
      const beyond = ops.slice(state('axes'), [count, 0], [d - count, d]);
      const residual = ops.matMul(as2D(ops, ops.sub(u, state('mean')), n, d), beyond, false, true);
      return as1D(ops, ops.neg(ops.norm(residual, 2, 1)));
    }),
});
