import { z } from 'zod';
import { defineMethod } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { percentileSetting, percentileSweep, percentilesOption } from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';
import { keptCount, topActivations } from './parts/top-activations.js';

const variantSchema = z.enum(['b', 's', 'p']);

/** Energy of features of which each sample keeps its largest alone: binarised (b), scaled (s) or as they are (p). */
export const ash = defineMethod({
  name: 'ash',
  revision: 1,
  card: {
    title: 'ASH',
    score:
      "logsumexp(W h' + b), h' the k largest of h: each sum(h) / k (b), times exp(sum(h) / sum of them) (s), or as they are (p)",
    cost: 'O(C D + D log D) a sample and percentile',
    cites: {
      authors: 'Andrija Djurisic and Nebojsa Bozanic and Arjun Ashok and Rosanne Liu',
      title: 'Extremely Simple Activation Shaping for Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2209.09858',
      at: 'algorithms 1-3',
    },
  },
  config: z.strictObject({
    variant: variantSchema
      .default('b')
      .meta({ title: '"b", "s" or "p": what becomes of the activations that are kept' }),
    percentiles: percentilesOption(
      [90, 65, 70, 75, 80, 85, 95],
      "percentages of each sample's activations to drop, to choose from",
    ),
  }),
  constants: ({ variant }) => ({ variant }),
  sweep: percentileSweep,
  setting: z.object({ variant: variantSchema, percentile: percentileSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  score: ({ ops, facts, tap, head, setting: { variant, percentile } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const count = Math.max(1, keptCount(d, percentile));
      const isKept = topActivations(ops, h, count);
      const kept = ops.mul(h, isKept);
      const before = ops.sum(h, 1, true);
      const after = ops.sum(kept, 1, true);
      const shaped = {
        b: () => ops.mul(isKept, ops.div(before, count)),
        s: () => ops.mul(kept, ops.exp(ops.divNoNan(before, after))),
        p: () => kept,
      }[variant]();
      return energyOf(ops, as2D(ops, shaped, n, d), head);
    }),
});
