import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { predictedClasses } from './parts/predicted-classes.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** Intervals that features are told apart by. */
const BINS = 100;

/** The .001 and .999 quantiles of all values, interpolated linearly as numpy's. */
function outerQuantiles(values: Float32Array): readonly [number, number] {
  const sorted = values.slice().sort();
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return Math.fround(below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place)));
  };
  return [at(0.001), at(0.999)];
}

/** Mean over samples of what the features of each interval add to the predicted logit; intervals by the same float32 steps as scores. */
function binSums(
  { rows, columns, data }: Rows,
  predicted: Int32Array,
  weight: Rows,
  low: number,
  width: number,
): Float64Array {
  const sums = new Float64Array(BINS);
  for (let row = 0; row < rows; row++) {
    const w = predicted[row] * columns;
    for (let j = 0; j < columns; j++) {
      const value = data[row * columns + j];
      const bin = Math.floor(Math.fround(Math.fround(value - low) / width));
      if (bin >= 0 && bin < BINS) sums[bin] = sums[bin] + value * weight.data[w + j];
    }
  }
  return sums.map((sum) => sum / rows);
}

const variantSchema = z.enum(['logit', 'energy']);

/** Features are scaled by a piecewise constant function of their size, which is fitted to raise the predicted logits of the train set the most. */
export const optfs = defineMethod({
  name: 'optfs',
  revision: 1,
  card: {
    title: 'OptFS',
    score: "W_y h', h'_j = theta(h_j) h_j, y the predicted class; or logsumexp(W h' + b)",
    cites: {
      authors: 'Qinyu Zhao and Ming Xu and Kartik Gupta and Akshay Asthana and Liang Zheng and Stephen Gould',
      title: 'Towards Optimal Feature-Shaping Methods for Out-of-Distribution Detection',
      year: 2024,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2402.00865',
    },
    cost: 'O(C D) a sample; fit O(N D log(N D))',
    quarrels: [
      "The authors' code scores by the predicted class's logit without its bias, which is the default; CADRef's copy of it by energy.",
      'numpy.arange gives that code 100 or 101 intervals by rounding; here they are 100, and what lies outside all of them counts 0.',
    ],
  },
  config: z.strictObject({
    variant: variantSchema
      .default('logit')
      .meta({ title: 'score: the logit of the predicted class, or energy' }),
  }),
  constants: ({ variant }) => ({ variant }),
  setting: z.object({ variant: variantSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: keepFeaturesAndLogits,
    solve: (kept, { facts: { penultimate, logits }, head }) => {
      const h = kept(penultimate);
      const [low, high] = outerQuantiles(h.data);
      const width = Math.fround((high - low) / BINS) || 1;
      const sums = binSums(h, predictedClasses(kept(logits)), head.weight, low, width);
      const length = Math.hypot(...sums) || 1;
      return {
        theta: { shape: [BINS], data: Float32Array.from(sums, (sum) => (1000 * sum) / length) },
        bins: { shape: [2], data: Float32Array.of(low, width) },
      };
    },
  },
  score: ({ ops, facts, tap, state, head, setting: { variant } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [low, width] = ops.split(state('bins'), 2);
      if (low === undefined || width === undefined) throw new OodError('internal', 'optfs has two bounds');
      const bin = ops.floor(ops.div(ops.sub(h, low), width));
      const isInside = ops.logicalAnd(ops.greaterEqual(bin, 0), ops.less(bin, BINS));
      const theta = ops.gather(state('theta'), ops.cast(ops.clipByValue(bin, 0, BINS - 1), 'int32'));
      const shaped = as2D(
        ops,
        ops.mul(h, ops.mul(theta, ops.cast(isInside, 'float32'))),
        h.shape[0],
        h.shape[1],
      );
      if (variant === 'energy') return energyOf(ops, shaped, head);
      const predicted = as1D(ops, ops.argMax(flatten(ops, tap(facts.logits)), 1));
      return as1D(ops, ops.sum(ops.mul(shaped, ops.gather(head.weight, predicted)), 1));
    }),
});
