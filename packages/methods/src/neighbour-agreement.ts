import { z } from 'zod';
import { defineMethod } from './method.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { labelledBank } from './parts/labelled-bank.js';
import { nearest } from './parts/nearest.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

const countSchema = z.number().int().min(1).max(10_000);

/** How many of the nearest train samples are of the class that is predicted. */
export const neighbourAgreement = defineMethod({
  name: 'neighbour-agreement',
  revision: 1,
  card: {
    title: 'Neighbour agreement',
    score: 'share of the k nearest train samples whose label is the predicted class',
    cites: {
      authors: 'Heinrich Jiang and Been Kim and Melody Y. Guan and Maya Gupta',
      title: 'To Trust Or Not To Trust A Classifier',
      year: 2018,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '1805.11783',
      at: 'section 4',
    },
    cost: 'O(N D) a sample, in blocks of 8192 of the N',
    quarrels: [
      'The score takes k + 1 values, so that most samples are tied: a baseline of the paper, in its code as KNNConfidence.',
      'Of neighbours at the same distance that of the lowest index is nearer.',
    ],
  },
  config: z.strictObject({
    k: z
      .array(countSchema)
      .min(1)
      .max(100)
      .default([10])
      .meta({ title: 'how many neighbours, to choose from' }),
  }),
  sweep: ({ k }) => ({ settings: k.map((one) => ({ k: one })), fallback: 0 }),
  fitMinimum: (_config, { k }) => k,
  setting: z.object({ k: countSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    needsLabels: 'any',
    collect: keepPenultimate,
    solve: (kept, context) => labelledBank(kept(context.facts.penultimate), context),
  },
  score: ({ ops, facts, tap, state, setting: { k } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const bank = as2D(ops, state('bank'), state('bank').shape[0], h.shape[1]);
      const { rows } = nearest(ops, h, bank, k, 'neighbour-agreement');
      const labels = ops.gather(state('labels'), rows);
      const predicted = ops.cast(ops.argMax(flatten(ops, tap(facts.logits)), 1), 'float32');
      const isSame = ops.equal(labels, ops.reshape(predicted, [-1, 1]));
      return as1D(ops, ops.mean(ops.cast(isSame, 'float32'), 1));
    }),
});
