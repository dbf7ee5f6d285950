import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** Train samples that a batch is compared with at once: what is held of all relations is [n, BLOCK]. Part of the numbers' bits. */
const BLOCK = 8192;
/** Weaker relations are no edges of the graph. */
const LEAST = 0.03;

const powerSchema = z.number().positive().max(100);

/** Sum of a sample's relations to all train samples: like features that are predicted alike. */
export const relation = defineMethod({
  name: 'relation',
  revision: 1,
  card: {
    title: 'Relation',
    score: 'sum over train samples of r^t where r > 0.03, r = max(0, cos(h, h_i)) <p, p_i>, p = softmax(z)',
    cites: {
      authors: 'Jang-Hyun Kim and Sangdoo Yun and Hyun Oh Song',
      title: 'Neural Relation Graph: A Unified Framework for Identifying Label Noise and Outlier Data',
      year: 2023,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2301.12321',
    },
    cost: 'O(N (C + D)) a sample, in blocks of 8192 of the N; fit O(N D)',
  },
  config: z.strictObject({
    powers: z
      .array(powerSchema)
      .min(1)
      .max(100)
      .default([1, 2, 4, 6, 8])
      .meta({ title: 'powers t of the relation to choose from' }),
  }),
  sweep: ({ powers }) => ({ settings: powers.map((power) => ({ power })), fallback: 0 }),
  setting: z.object({ power: powerSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    collect: (batch) =>
      batch.ops.tidy(() => {
        const { [batch.facts.penultimate]: h, [batch.facts.logits]: z } = keepFeaturesAndLogits(batch);
        const u = directions(batch.ops, h);
        return { [batch.facts.penultimate]: u, [batch.facts.logits]: batch.ops.softmax(z) };
      }),
    solve: (kept, { facts: { penultimate, logits, features, classes } }) => ({
      directions: { shape: [kept(penultimate).rows, features], data: kept(penultimate).data },
      softmax: { shape: [kept(logits).rows, classes], data: kept(logits).data },
    }),
  },
  score: ({ ops, facts, tap, state, setting: { power } }) =>
    ops.tidy(() => {
      const u = directions(ops, flatten(ops, tap(facts.penultimate)));
      const p = ops.softmax(flatten(ops, tap(facts.logits)));
      const [rows] = state('directions').shape;
      const block = (name: string, from: number) => {
        const [, width] = state(name).shape;
        const count = Math.min(BLOCK, rows - from);
        return as2D(ops, ops.slice(state(name), [from, 0], [count, width]), count, width);
      };
      let sum = ops.zeros([u.shape[0]]);
      for (let from = 0; from < rows; from += BLOCK) {
        sum = ops.tidy(() => {
          const likeness = ops.relu(ops.matMul(u, block('directions', from), false, true));
          const related = ops.mul(likeness, ops.matMul(p, block('softmax', from), false, true));
          const edges = ops.where(
            ops.greater(related, LEAST),
            ops.pow(related, power),
            ops.zerosLike(related),
          );
          return ops.add(sum, ops.sum(edges, 1));
        });
      }
      return as1D(ops, sum);
    }),
});
