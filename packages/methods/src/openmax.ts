import { fitWeibull } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Ops, type Rows, type State, type Tensor, type Tensor2D } from './method.js';
import { fitLabelledLogits } from './parts/fit-features.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { predictedClasses, rightMeans } from './parts/predicted-classes.js';
import { as1D, flatten } from './parts/shapes.js';

const alphaSchema = z.number().int().min(1).max(1000);

/** Largest distances of each class that its Weibull is fitted to. */
const TAIL = 20;
/** Where the tail of a class without a Weibull begins: no distance is as large. */
const NEVER = 3e38;

/** Means [classes, classes] of the rightly predicted train logits of each class, and the Weibull of the largest distances to them. */
function tails(layer: string, logits: Rows, labels: Int32Array): State {
  const { columns: classes, data } = logits;
  const predicted = predictedClasses(logits);
  const isRight = (row: number) => predicted[row] === labels[row];
  const means = rightMeans(layer, logits, labels, isRight, classes);
  const distances: number[][] = Array.from({ length: classes }, () => []);
  for (const [row, c] of labels.entries()) {
    if (!isRight(row)) continue;
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += (data[row * classes + j] - means[c * classes + j]) ** 2;
    distances[c]?.push(Math.sqrt(sum));
  }
  const fits = distances.map((ofClass) => {
    const tail = ofClass.sort((a, b) => b - a).slice(0, TAIL);
    const from = tail.at(-1) ?? 0;
    const weibull = fitWeibull(tail.map((distance) => distance - from + 1));
    return weibull === undefined ? { from: NEVER, shape: 1, scale: 1 } : { from, ...weibull };
  });
  const column = (key: 'from' | 'shape' | 'scale') => ({
    shape: [classes],
    data: Float32Array.from(fits, (fit) => fit[key]),
  });
  return {
    means: { shape: [classes, classes], data: means },
    from: column('from'),
    shape: column('shape'),
    scale: column('scale'),
  };
}

/** 1, (alpha - 1) / alpha, ... 1 / alpha for the alpha largest logits of each sample, 0 for all others: [n, classes]. */
function rankWeights(ops: Ops, z: Tensor2D, alpha: number): Tensor {
  const [n, classes] = z.shape;
  const count = Math.min(alpha, classes);
  const weights = ops.tensor1d(Float32Array.from({ length: count }, (_, rank) => (alpha - rank) / alpha));
  const ranked = ops.reshape(ops.topk(z, count).indices, [n, count, 1]);
  const isThere = ops.cast(ops.equal(ranked, ops.range(0, classes, 1, 'int32')), 'float32');
  return ops.sum(ops.mul(isThere, ops.reshape(weights, [1, count, 1])), 1);
}

/** Odds of a class that is none of the known ones: the largest logits lose what the distances to their classes' means say is too far. */
export const openmax = defineMethod({
  name: 'openmax',
  revision: 1,
  card: {
    title: 'OpenMax',
    score:
      'logsumexp(z - r) - sum of r, r_c = z_c w_c F_c(||z - mu_c||), w falling from 1 over the alpha largest z, F_c a Weibull of the largest distances in class c',
    cites: {
      authors: 'Abhijit Bendale and Terrance E. Boult',
      title: 'Towards Open Set Deep Networks',
      year: 2016,
      proceedings: 'IEEE Conference on Computer Vision and Pattern Recognition',
      arxiv: '1511.06233',
      at: 'algorithms 1 and 2',
    },
    cost: 'O(C^2) a sample; fit O(N C)',
    quarrels: [
      'The confidence of the code is minus the probability of the unknown; its logarithmic odds here rank the same and do not saturate.',
      'The paper adds cosine to Euclidean distances, with alpha 10; OpenOOD has Euclidean ones, alpha 3 and tails of 20, as here.',
      'Where no distances differ among the rightly predicted train samples of a class, no Weibull fits and the class loses nothing; the code fails.',
    ],
  },
  config: z.strictObject({
    alpha: alphaSchema.default(3).meta({ title: 'how many of the largest logits may lose' }),
  }),
  constants: ({ alpha }) => ({ alpha }),
  setting: z.object({ alpha: alphaSchema }),
  needs: ({ logits }) => ({ taps: [logits] }),
  fit: fitLabelledLogits((z, { facts, labels }) => tails(facts.logits, z, labels)),
  score: ({ ops, facts, tap, state, setting: { alpha } }) =>
    ops.tidy(() => {
      const z = flatten(ops, tap(facts.logits));
      const distances = ops.unstack(state('means')).map((mean) => ops.norm(ops.sub(z, mean), 2, 1));
      const beyond = ops.relu(ops.add(ops.sub(ops.stack(distances, 1), state('from')), 1));
      // 1 - exp(-x), which of a small x is x.
      const isFar = ops.neg(ops.expm1(ops.neg(ops.pow(ops.div(beyond, state('scale')), state('shape')))));
      const removed = ops.mul(z, ops.mul(rankWeights(ops, z, alpha), isFar));
      return as1D(ops, ops.sub(logSumExp(ops, ops.sub(z, removed)), ops.sum(removed, 1)));
    }),
});
