import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** Probabilities below it count as this: a class that no sample of another shares with has -infinity otherwise. */
const LEAST = 1e-30;

/** log of the mean softmax of the samples that are predicted as each class, [classes, classes]; a class that none is: its corner. */
function typicalLogs({ rows, columns, data }: Rows): Float32Array {
  const sums = new Float64Array(columns * columns);
  const counts = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    const p = data.subarray(row * columns, (row + 1) * columns);
    const predicted = p.indexOf(Math.max(...p));
    counts[predicted] += 1;
    for (const [j, value] of p.entries()) {
      const place = predicted * columns + j;
      sums[place] += value;
    }
  }
  return Float32Array.from(sums, (sum, place) => {
    const predicted = Math.floor(place / columns);
    const count = counts[predicted];
    const corner = place % columns === predicted ? 1 : 0;
    return Math.log(Math.max(LEAST, count === 0 ? corner : sum / count));
  });
}

/** The smallest Kullback-Leibler divergence of a sample's softmax from a class's typical one. */
export const klMatching = defineMethod({
  name: 'kl-matching',
  revision: 1,
  card: {
    title: 'KL matching',
    score: '-min over classes of KL(p || mean p of the train samples that are predicted as the class)',
    cost: 'O(C^2) a sample; fit O(N C)',
    cites: {
      authors:
        'Dan Hendrycks and Steven Basart and Mantas Mazeika and Andy Zou and Joseph Kwon and Mohammadreza Mostajabi and Jacob Steinhardt and Dawn Song',
      title: 'Scaling Out-of-Distribution Detection for Real-World Settings',
      year: 2022,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '1911.11132',
      at: 'section 4',
    },
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ logits }) => ({ taps: [logits] }),
  fit: {
    on: 'train',
    collect: ({ ops, facts, tap }) => ({
      [facts.logits]: ops.tidy(() => ops.softmax(flatten(ops, tap(facts.logits)))),
    }),
    solve: (kept, { facts }) => ({
      logs: { shape: [facts.classes, facts.classes], data: typicalLogs(kept(facts.logits)) },
    }),
  },
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const z = flatten(ops, tap(facts.logits));
      const p = ops.softmax(z);
      const entropy = ops.sum(ops.mul(p, ops.logSoftmax(z)), 1, true);
      const logs = as2D(ops, state('logs'), facts.classes, facts.classes);
      return as1D(ops, ops.neg(ops.min(ops.sub(entropy, ops.matMul(p, logs, false, true)), 1)));
    }),
});
