import { z } from 'zod';
import { defineMethod } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { directions } from './parts/directions.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** The largest angle, seen from the mean of the train set, between the features and their foot on a decision boundary of the predicted class. */
export const ora = defineMethod({
  name: 'ora',
  revision: 1,
  card: {
    title: 'ORA',
    score:
      'max over classes c of the angle between h - mu and h_c - mu, in units of pi, h_c the projection of h on the boundary of y and c',
    cites: {
      authors: 'Berker Demirel and Marco Fumero and Francesco Locatello',
      title: 'Out-of-Distribution Detection with Relative Angles',
      year: 2024,
      arxiv: '2410.04525',
    },
    cost: 'O(C D) a sample; fit O(N D)',
    quarrels: [
      'The mean is that of the train set; the code takes the mean of the means of classes, which is the same where classes are equally frequent.',
      'A model of one class has no boundary: all scores are 0.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts: { penultimate, features } }) => ({
      mean: { shape: [features], data: columnMeans(kept(penultimate)) },
    }),
  },
  score: ({ ops, facts, tap, state, head }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const z = flatten(ops, tap(facts.logits));
      const [n, d] = h.shape;
      const predicted = as1D(ops, ops.argMax(z, 1));
      const own = ops.gather(head.weight, predicted);
      const centred = as2D(ops, ops.sub(h, state('mean')), n, d);
      const u = directions(ops, centred);
      const ahead = ops.sub(ops.max(z, 1, true), z);
      const angles = ops.unstack(head.weight).map((weight, c) =>
        ops.tidy(() => {
          const across = ops.sub(own, weight);
          const gap = ops.slice(ahead, [0, c], [n, 1]);
          // The predicted class itself is 0 across: its angle is 0.
          const step = ops.divNoNan(gap, ops.sum(ops.square(across), 1, true));
          const v = directions(ops, as2D(ops, ops.sub(centred, ops.mul(step, across)), n, d));
          // 2 atan2(|u - v|, |u + v|) keeps the digits that the arc cosine of a float32 near 1 loses.
          return ops.mul(
            ops.atan2(ops.norm(ops.sub(u, v), 2, 1), ops.norm(ops.add(u, v), 2, 1)),
            2 / Math.PI,
          );
        }),
      );
      return as1D(ops, ops.max(ops.stack(angles, 1), 1));
    }),
});
