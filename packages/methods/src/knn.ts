import { z } from 'zod';
import { defineMethod } from './method.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { nearest, rowSquares } from './parts/nearest.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** Distance to the k-th nearest neighbour among the train set's features, all scaled to length 1. */
export const knn = defineMethod({
  name: 'knn',
  revision: 1,
  card: {
    title: 'KNN',
    score: '-||h/||h|| - h_k/||h_k|| ||, h_k the k-th nearest of the train set',
    cost: 'O(N D) a sample, in blocks of 8192 of the N; fit O(N D)',
    cites: {
      authors: 'Yiyou Sun and Yifei Ming and Xiaojin Zhu and Yixuan Li',
      title: 'Out-of-Distribution Detection with Deep Nearest Neighbors',
      year: 2022,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2204.06507',
      at: 'section 3',
    },
  },
  config: z.strictObject({
    k: z
      .array(z.number().int().min(1).max(100_000))
      .min(1)
      .max(100)
      .default([50, 100, 200, 500, 1000])
      .meta({ title: 'which neighbours to choose from' }),
  }),
  sweep: ({ k }) => ({ settings: k.map((one) => ({ k: one })), fallback: 0 }),
  fitMinimum: (_config, { k }) => k,
  setting: z.object({ k: z.number().int().min(1) }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts }) => {
      const features = kept(facts.penultimate);
      return { bank: { shape: [features.rows, features.columns], data: unitRows(features) } };
    },
  },
  score: ({ ops, facts, tap, state, once, setting, settings }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n] = h.shape;
      // Sorted once for the largest k: every other one is a column of it.
      const sorted = once('nearest', () => {
        const bank = state('bank');
        const x = as2D(ops, ops.divNoNan(h, ops.sqrt(rowSquares(ops, h))), n, h.shape[1]);
        const most = Math.max(...settings.map(({ k }) => k));
        return nearest(ops, x, as2D(ops, bank, bank.shape[0], h.shape[1]), most, 'knn').squares;
      });
      const kth = ops.slice(sorted, [0, setting.k - 1], [n, 1]);
      return as1D(ops, ops.neg(ops.sqrt(ops.relu(kth))));
    }),
});
