import { z } from 'zod';
import { defineMethod, type FitContext, type Rows, type State } from './method.js';
import { fitLabelled } from './parts/fit-features.js';
import { nearest } from './parts/nearest.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** Which neighbour is meant, as in the authors' code. */
const NEIGHBOUR = 2;
/** What keeps the quotient finite for a sample that lies on two of its class. */
const LEAST = 1e-12;

/** Features class by class, and how many each class has. */
function byClass({ rows, columns, data }: Rows, { labels, facts: { classes } }: FitContext): State {
  const counts = new Float32Array(classes);
  for (const label of labels) counts[label] += 1;
  const order = [...labels.keys()].sort((a, b) => labels[a] - labels[b] || a - b);
  const bank = new Float32Array(data.length);
  for (const [at, row] of order.entries())
    bank.set(data.subarray(row * columns, (row + 1) * columns), at * columns);
  return { bank: { shape: [rows, columns], data: bank }, counts: { shape: [classes], data: counts } };
}

/** How much further the closest other class is than the predicted one. */
export const trustScore = defineMethod({
  name: 'trust-score',
  revision: 1,
  card: {
    title: 'Trust Score',
    score:
      'd(closest other class) / d(predicted class), d the distance to the second nearest train sample of a class',
    cites: {
      authors: 'Heinrich Jiang and Been Kim and Melody Y. Guan and Maya Gupta',
      title: 'To Trust Or Not To Trust A Classifier',
      year: 2018,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '1805.11783',
      at: 'algorithm 2',
    },
    cost: 'O(N D) a sample',
    quarrels: [
      'The paper has the distance to the class; the code takes the second nearest sample, so that a train sample is not its own neighbour, and does so for test samples too, as here.',
      "The filter that leaves out a class's most lonely samples is off in the code by default, and is not here.",
      'Of a class with a single sample that one is taken; a model of one class has 1 for the distance to another.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: fitLabelled(byClass),
  score: ({ ops, facts, tap, state }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      let from = 0;
      const squares = [...state('counts').dataSync<'float32'>()].map((count) => {
        const bank = as2D(ops, ops.slice(state('bank'), [from, 0], [count, d]), count, d);
        from += count;
        const which = Math.min(NEIGHBOUR, count);
        return ops.tidy(() =>
          as1D(ops, ops.slice(nearest(ops, h, bank, which, 'trust-score').squares, [0, which - 1], [n, 1])),
        );
      });
      const distances = ops.sqrt(ops.relu(ops.stack(squares, 1)));
      if (facts.classes === 1) return as1D(ops, ops.div(1, ops.add(distances, LEAST)));
      const isPredicted = ops.oneHot(ops.argMax(flatten(ops, tap(facts.logits)), 1), facts.classes);
      const own = ops.sum(ops.mul(distances, isPredicted), 1);
      // The predicted class is no other one: as if it were beyond every distance.
      const other = ops.min(ops.add(distances, ops.mul(isPredicted, 1e30)), 1);
      return as1D(ops, ops.div(other, ops.add(own, LEAST)));
    }),
});
