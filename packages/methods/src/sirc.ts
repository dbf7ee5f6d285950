import { z } from 'zod';
import { defineMethod, type Ops, type Rows, type Tensor, type Tensor2D } from './method.js';
import { fitFeatures } from './parts/fit-features.js';
import { as1D, flatten } from './parts/shapes.js';

const confidenceSchema = z.enum(['msp', 'entropy', 'doctor']);
type Confidence = z.infer<typeof confidenceSchema>;

/** What no logit reaches. */
const NOTHING = -1e30;

/**
 * log of how far a confidence is from its largest value, [n]: of 1 - max p, of the entropy, or of 1 - sum p^2. In logarithms throughout, so
 * that a softmax that float32 saturates at 1 still has a place.
 */
function logDoubt(ops: Ops, z: Tensor2D, confidence: Confidence): Tensor {
  const isLargest = ops.oneHot(ops.argMax(z, 1), z.shape[1]);
  const most = ops.max(z, 1, true);
  const others = ops.where(ops.cast(isLargest, 'bool'), ops.fill(z.shape, NOTHING), z);
  // sum of exp over the other classes, over exp of the largest, in logarithms.
  const odds = ops.sub(ops.logSumExp(others, 1, true), most);
  const logP = ops.sub(ops.sub(z, most), ops.softplus(odds));
  const ofLargest = (value: Tensor, rest: Tensor): Tensor =>
    ops.where(ops.cast(isLargest, 'bool'), ops.add(value, ops.zerosLike(z)), rest);
  const doubtOfLargest = ops.sub(odds, ops.softplus(odds));
  if (confidence === 'msp') return ops.squeeze(doubtOfLargest, [1]);
  if (confidence === 'doctor')
    return ops.logSumExp(
      ops.add(logP, ofLargest(doubtOfLargest, ops.log1p(ops.neg(ops.minimum(ops.exp(logP), 0.5))))),
      1,
    );
  // log(softplus(x)) is x where exp(x) is tiny.
  const logOfLargest = ops.where(ops.less(odds, -15), odds, ops.log(ops.softplus(ops.maximum(odds, -15))));
  return ops.logSumExp(ops.add(logP, ofLargest(logOfLargest, ops.log(ops.maximum(ops.neg(logP), 1e-30)))), 1);
}

/** Mean and population standard deviation over samples of ||h||_1, float64. */
function normMoments({ rows, columns, data }: Rows): readonly [number, number] {
  const norms = Float64Array.from({ length: rows }, (_, row) =>
    data.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + Math.abs(value), 0),
  );
  const mean = norms.reduce((sum, value) => sum + value, 0) / rows;
  return [mean, Math.sqrt(norms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows)];
}

/** A softmax confidence that counts for less where the features are shorter than those of nearly all train samples. */
export const sirc = defineMethod({
  name: 'sirc',
  revision: 1,
  card: {
    title: 'SIRC',
    score:
      '-log(S_max - S) - log(1 + exp(-(||h||_1 - a) / sd)), S a softmax confidence, a = mean - 3 sd of ||h||_1 on the train set',
    cites: {
      authors: 'Guoxuan Xia and Christos-Savvas Bouganis',
      title: 'Augmenting Softmax Information for Selective Classification with Out-of-Distribution Data',
      year: 2022,
      proceedings: 'Asian Conference on Computer Vision',
      arxiv: '2207.07517',
      at: 'eq. 9-10',
    },
    cost: 'O(C + D) a sample; fit O(N D)',
    quarrels: [
      'A saturated softmax gives the code an infinite score even in float64; here the first term is computed in logarithms and is finite.',
      'The code has other second scores too, the residual and the distance to a neighbour; here it is the first norm.',
    ],
  },
  config: z.strictObject({
    confidence: confidenceSchema
      .default('msp')
      .meta({ title: 'S: msp, entropy (its negative) or doctor (sum of squares)' }),
  }),
  constants: ({ confidence }) => ({ confidence }),
  setting: z.object({ confidence: confidenceSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: fitFeatures((h) => {
    const [mean, deviation] = normMoments(h);
    return {
      border: { shape: [1], data: Float32Array.of(mean - 3 * deviation) },
      // Norms that never vary say nothing.
      slope: { shape: [1], data: Float32Array.of(deviation > 0 ? 1 / deviation : 0) },
    };
  }),
  score: ({ ops, facts, tap, state, setting: { confidence } }) =>
    ops.tidy(() => {
      const norm = ops.norm(flatten(ops, tap(facts.penultimate)), 1, 1);
      const below = ops.mul(ops.sub(state('border'), norm), state('slope'));
      // A single class is never in doubt.
      const doubt = facts.classes === 1 ? 0 : logDoubt(ops, flatten(ops, tap(facts.logits)), confidence);
      return as1D(ops, ops.neg(ops.add(doubt, ops.softplus(below))));
    }),
});
