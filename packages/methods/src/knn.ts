import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod, type Ops, type Tensor, type Tensor2D } from './method.js';
import { as1D, as2D, flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** Rows of the bank that a batch is compared with at once: what is held of all distances is [n, BLOCK]. Part of the numbers' bits. */
const BLOCK = 8192;

const squares = (ops: Ops, x: Tensor): Tensor => ops.sum(ops.square(x), 1, true);

/**
 * Squared distances to the `count` nearest rows of the bank, nearest first: [n, count]. The bank is taken in blocks of a
 * fixed size, so that bits do not depend on `count`.
 */
function nearest(ops: Ops, x: Tensor2D, bank: Tensor2D, count: number): Tensor2D {
  const [n] = x.shape;
  const [rows, columns] = bank.shape;
  const own = squares(ops, x);
  let best: Tensor2D | undefined;
  for (let from = 0; from < rows; from += BLOCK) {
    const before = best;
    best = ops.tidy(() => {
      const block = ops.slice(bank, [from, 0], [Math.min(BLOCK, rows - from), columns]);
      const product = ops.mul(ops.matMul(x, block, false, true), 2);
      const distances = ops.sub(ops.add(own, ops.reshape(squares(ops, block), [1, -1])), product);
      const closeness = as2D(ops, ops.neg(distances), n, block.shape[0]);
      const all = before === undefined ? closeness : ops.concat([before, closeness], 1);
      return ops.topk(all, Math.min(count, all.shape[1])).values;
    });
    before?.dispose();
  }
  if (best === undefined || best.shape[1] < count)
    throw new OodError(
      'invalid-input',
      `knn: k of ${count} is more than the ${rows} samples fitted on; give smaller "k"`,
    );
  return ops.neg(best);
}

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
    collect: ({ ops, facts, tap }) => ({ [facts.penultimate]: flatten(ops, tap(facts.penultimate)) }),
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
        const x = as2D(ops, ops.divNoNan(h, ops.sqrt(squares(ops, h))), n, h.shape[1]);
        const most = Math.max(...settings.map(({ k }) => k));
        return nearest(ops, x, as2D(ops, bank, bank.shape[0] ?? Number.NaN, h.shape[1]), most);
      });
      const kth = ops.slice(sorted, [0, setting.k - 1], [n, 1]);
      return as1D(ops, ops.neg(ops.sqrt(ops.relu(kth))));
    }),
});
