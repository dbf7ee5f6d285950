import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** A sample that lies on the mean itself is as far from it as this: its score is huge, not infinite. */
const LEAST = 1e-20;

/** ||W_a - W_b|| of every two classes, [classes, classes], float64 inside. */
function betweenClasses({ rows, columns, data }: Rows): Float32Array {
  return Float32Array.from({ length: rows * rows }, (_, place) => {
    const [a, b] = [Math.floor(place / rows) * columns, (place % rows) * columns];
    let squares = 0;
    for (let j = 0; j < columns; j++) squares += (data[a + j] - data[b + j]) ** 2;
    return Math.sqrt(squares);
  });
}

/** Distance of the features to the decision boundaries of the predicted class, as a share of that to the mean of the train set. */
export const fdbd = defineMethod({
  name: 'fdbd',
  revision: 1,
  card: {
    title: 'fDBD',
    score: 'sum over classes c of |z_c - max z| / ||W_c - W_max||, divided by ||h - mean h||',
    cost: 'O(C + D) a sample; fit O(N D + C^2 D)',
    cites: {
      authors: 'Litian Liu and Yao Qin',
      title: 'Fast Decision Boundary based Out-of-Distribution Detector',
      year: 2024,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2312.11536',
      at: 'eq. 6',
    },
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: keepPenultimate,
    solve: (kept, { facts, head }) => ({
      mean: { shape: [facts.features], data: columnMeans(kept(facts.penultimate)) },
      between: { shape: [facts.classes, facts.classes], data: betweenClasses(head.weight) },
    }),
  },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const z = flatten(ops, tap(facts.logits));
      const [n, classes] = z.shape;
      const predicted = as1D(ops, ops.argMax(z, 1));
      const between = as2D(ops, ops.gather(state('between'), predicted), n, classes);
      // The predicted class lies at 0 from itself, and adds nothing.
      const distances = ops.sum(ops.divNoNan(ops.sub(ops.max(z, 1, true), z), between), 1);
      const fromMean = ops.norm(ops.sub(flatten(ops, tap(facts.penultimate)), state('mean')), 2, 1);
      return as1D(ops, ops.div(distances, ops.maximum(fromMean, LEAST)));
    }),
});
