import { z } from 'zod';
import { defineMethod, type Ops, type Tensor } from './method.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { predictedClasses, rightMeans } from './parts/predicted-classes.js';
import { as1D, flatten } from './parts/shapes.js';

const likenessSchema = z.enum(['inner-product', 'euclidean', 'cosine']);

const LIKENESS: Readonly<
  Record<z.output<typeof likenessSchema>, (ops: Ops, h: Tensor, p: Tensor) => Tensor>
> = {
  'inner-product': (ops, h, p) => ops.sum(ops.mul(h, p), 1),
  euclidean: (ops, h, p) => ops.neg(ops.norm(ops.sub(h, p), 2, 1)),
  cosine: (ops, h, p) =>
    ops.divNoNan(ops.sum(ops.mul(h, p), 1), ops.mul(ops.norm(h, 2, 1), ops.norm(p, 2, 1))),
};

/** Likeness of the features to the pattern that is stored of the predicted class: a Hopfield energy with one pattern a class. */
export const she = defineMethod({
  name: 'she',
  revision: 1,
  card: {
    title: 'SHE',
    score: '<h, mu_y>, mu_y the mean h of the train samples that are rightly predicted as class y',
    cites: {
      authors:
        'Jinsong Zhang and Qiang Fu and Xu Chen and Lun Du and Zelin Li and Gang Wang and Xiaoguang Liu and Shi Han and Dongmei Zhang',
      title:
        'Out-of-Distribution Detection based on In-Distribution Data Patterns Memorization with Modern Hopfield Energy',
      year: 2023,
      proceedings: 'International Conference on Learning Representations',
      url: 'https://openreview.net/forum?id=KkazG4lgKL',
    },
    cost: 'O(C + D) a sample; fit O(N D)',
    quarrels: [
      'Of a class of which no train sample is rightly predicted the pattern is the mean of all its samples, where the code has NaN.',
      'Euclidean and cosine are options of OpenOOD, not of the paper.',
    ],
  },
  config: z.strictObject({
    likeness: likenessSchema
      .default('inner-product')
      .meta({ title: 'how features and pattern are compared' }),
  }),
  constants: ({ likeness }) => ({ likeness }),
  setting: z.object({ likeness: likenessSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: {
    on: 'train',
    needsLabels: 'every-class',
    collect: keepFeaturesAndLogits,
    solve: (kept, { facts: { penultimate, logits, classes, features }, labels }) => {
      const predicted = predictedClasses(kept(logits));
      const isRight = (row: number) => predicted[row] === labels[row];
      const data = rightMeans(penultimate, kept(penultimate), labels, isRight, classes);
      return { patterns: { shape: [classes, features], data } };
    },
  },
  score: ({ ops, facts, tap, state, setting: { likeness } }) =>
    ops.tidy(() => {
      const predicted = as1D(ops, ops.argMax(flatten(ops, tap(facts.logits)), 1));
      const pattern = ops.gather(state('patterns'), predicted);
      return as1D(ops, LIKENESS[likeness](ops, flatten(ops, tap(facts.penultimate)), pattern));
    }),
});
