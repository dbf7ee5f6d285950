import { z } from 'zod';
import { defineMethod, type Ops, type Rows, type Tensor } from './method.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { predictedMeans } from './parts/predicted-classes.js';
import { as1D, flatten } from './parts/shapes.js';

/** Features and logit scores of size zero count as this. */
const LEAST = 1e-20;
const away = (ops: Ops, x: Tensor): Tensor =>
  ops.where(ops.less(ops.abs(x), LEAST), ops.fill(x.shape, LEAST), x);

const largest = (z: Float32Array): number => z.reduce((a, b) => Math.max(a, b));
const energyOfRow = (z: Float32Array): number => {
  const most = largest(z);
  return most + Math.log(z.reduce((sum, value) => sum + Math.exp(value - most), 0));
};
const mspOfRow = (z: Float32Array): number => Math.exp(largest(z) - energyOfRow(z));

function meanOf({ rows, columns, data }: Rows, score: (z: Float32Array) => number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += score(data.subarray(row * columns, (row + 1) * columns));
  return sum / rows;
}

const logitSchema = z.enum(['energy', 'max-logit', 'msp']);

/** CARef whose error is told apart by whether it raises or lowers the predicted logit; the part that raises it counts less where a logit score is high. */
export const cadref = defineMethod({
  name: 'cadref',
  revision: 1,
  card: {
    title: 'CADRef',
    score: '-(E+ / L + E- / mean L), E+- = sum relu(+-(h - mu_y) sign(W_y)) / ||h||_1, L a logit score',
    cites: {
      authors:
        'Zhiwei Ling and Yachen Chang and Hailiang Zhao and Xinkui Zhao and Kingsum Chow and Shuiguang Deng',
      title:
        'CADRef: Robust Out-of-Distribution Detection via Class-Aware Decoupled Relative Feature Leveraging',
      year: 2025,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2503.00325',
    },
    cost: 'O(C + D) a sample; fit O(N (C + D))',
    quarrels: [
      'L may be negative for energy and the largest logit: the sign of its term flips, here as in the code.',
      'GEN as logit score, which the code has too, is left out.',
      'Means of classes are as in CARef.',
    ],
  },
  config: z.strictObject({
    logit: logitSchema.default('energy').meta({ title: 'logit score L: energy, max-logit or msp' }),
  }),
  constants: ({ logit }) => ({ logit }),
  setting: z.object({ logit: logitSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: keepFeaturesAndLogits,
    solve: (kept, { facts: { penultimate, logits, classes, features } }) => ({
      means: { shape: [classes, features], data: predictedMeans(kept(penultimate), kept(logits)) },
      'mean.energy': { shape: [1], data: Float32Array.of(meanOf(kept(logits), energyOfRow)) },
      'mean.max-logit': { shape: [1], data: Float32Array.of(meanOf(kept(logits), largest)) },
      'mean.msp': { shape: [1], data: Float32Array.of(meanOf(kept(logits), mspOfRow)) },
    }),
  },
  score: ({ ops, facts, tap, state, head, setting: { logit } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const z = flatten(ops, tap(facts.logits));
      const predicted = as1D(ops, ops.argMax(z, 1));
      const signs = ops.sign(ops.gather(head.weight, predicted));
      const error = ops.mul(ops.sub(h, ops.gather(state('means'), predicted)), signs);
      const size = ops.maximum(ops.sum(ops.abs(h), 1), LEAST);
      const raising = ops.div(ops.sum(ops.relu(error), 1), size);
      const lowering = ops.div(ops.sum(ops.relu(ops.neg(error)), 1), size);
      const own = {
        energy: () => logSumExp(ops, z),
        'max-logit': () => as1D(ops, ops.max(z, 1)),
        msp: () => maxSoftmax(ops, z),
      }[logit]();
      const mean = state(`mean.${logit}`);
      return as1D(
        ops,
        ops.neg(ops.add(ops.div(raising, away(ops, own)), ops.div(lowering, away(ops, mean)))),
      );
    }),
});
