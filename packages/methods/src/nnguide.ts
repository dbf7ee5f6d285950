import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod, type Tensor } from './method.js';
import { directions } from './parts/directions.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

const rowsOf = ({ shape: [rows = 0] }: Tensor): number => rows;

/** Energy times the mean likeness to the closest samples of a bank, each weighed by its own energy. */
export const nnguide = defineMethod({
  name: 'nnguide',
  revision: 1,
  card: {
    title: 'NNGuide',
    score: 'logsumexp(z) mean of the k largest <h/||h||, E_i h_i/||h_i||>, E_i = logsumexp(z_i) of the bank',
    cost: 'O(N D) a sample, N the size of the bank',
    cites: {
      authors: 'Jaewoo Park and Yoon Gyo Jung and Andrew Beng Jin Teoh',
      title: 'Nearest Neighbor Guidance for Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2309.14888',
      at: 'eq. 4-6',
    },
  },
  config: z.strictObject({
    k: z
      .array(z.number().int().min(1).max(10_000))
      .min(1)
      .max(100)
      .default([10, 20, 50, 100])
      .meta({ title: 'how many of the closest count, to choose from' }),
    share: z
      .number()
      .positive()
      .max(1)
      .default(1)
      .meta({ title: 'part of the train set, from its start, that is the bank' }),
  }),
  constants: ({ share }) => ({ share }),
  sweep: ({ k }) => ({ settings: k.map((one) => ({ k: one })), fallback: 0 }),
  fitMinimum: (_config, { k, share }) => Math.ceil(k / share),
  setting: z.object({ k: z.number().int().min(1), share: z.number().positive().max(1) }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    collect: ({ ops, facts, tap }) => ({
      bank: ops.tidy(() => {
        const h = directions(ops, flatten(ops, tap(facts.penultimate)));
        const energy = ops.reshape(logSumExp(ops, tap(facts.logits)), [-1, 1]);
        return as2D(ops, ops.mul(h, energy), h.shape[0], h.shape[1]);
      }),
    }),
    solve: (kept) => {
      const { rows, columns, data } = kept('bank');
      return { bank: { shape: [rows, columns], data } };
    },
  },
  score: ({ ops, facts, tap, state, setting: { k, share } }) =>
    ops.tidy(() => {
      const h = directions(ops, flatten(ops, tap(facts.penultimate)));
      const [, d] = h.shape;
      const size = Math.ceil(share * rowsOf(state('bank')));
      if (k > size)
        throw new OodError(
          'invalid-input',
          `nnguide: k of ${k} is more than the ${size} samples of the bank`,
        );
      const bank = as2D(ops, ops.slice(state('bank'), [0, 0], [size, d]), size, d);
      const closest = ops.topk(ops.matMul(h, bank, false, true), k).values;
      return as1D(ops, ops.mul(logSumExp(ops, tap(facts.logits)), ops.mean(closest, 1)));
    }),
});
