import { z } from 'zod';
import { defineMethod, type FitContext, type Ops, type Rows, type Tensor } from './method.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { as1D, flatten } from './parts/shapes.js';

/** The authors' constants for the penultimate layer: steepness of the sigmoid, intervals, states that fill one, train samples. */
const STEEPNESS = 100;
const BINS = 50;
const FULL = 50;
const SAMPLES = 1000;
/** Geometric intervals are between this and 1/2, and mirrored above; 1/2 itself, the state of a dead unit, is in the upper one. */
const LEAST = 1e-6;
const PER_INTERVAL = BINS / 2 / Math.log(0.5 / LEAST);

const binsSchema = z.enum(['uniform', 'geometric']);
type Bins = z.infer<typeof binsSchema>;

/** Interval of a state between 0 and 1. */
function intervalOf(state: number, bins: Bins): number {
  if (bins === 'uniform') return Math.min(BINS - 1, Math.floor(state * BINS));
  const place = (share: number): number => Math.log(Math.max(share, LEAST) / LEAST) * PER_INTERVAL;
  if (state < 0.5) return Math.min(BINS / 2 - 1, Math.max(0, Math.ceil(place(state)) - 1));
  return BINS - 1 - Math.min(BINS / 2 - 1, Math.floor(place(1 - state)));
}

/** The same of every state of a batch. */
function intervalsOf(ops: Ops, states: Tensor, bins: Bins): Tensor {
  if (bins === 'uniform') return ops.minimum(ops.floor(ops.mul(states, BINS)), BINS - 1);
  const place = (share: Tensor): Tensor =>
    ops.mul(ops.log(ops.div(ops.maximum(share, LEAST), LEAST)), PER_INTERVAL);
  const low = ops.clipByValue(ops.sub(ops.ceil(place(states)), 1), 0, BINS / 2 - 1);
  const high = ops.sub(BINS - 1, ops.minimum(ops.floor(place(ops.sub(1, states))), BINS / 2 - 1));
  return ops.where(ops.less(states, 0.5), low, high);
}

/** Rows of the first samples of each class, SAMPLES in all where there are as many. */
function balanced(labels: Int32Array, classes: number): readonly number[] {
  const each = Math.ceil(SAMPLES / classes);
  const counts = new Uint32Array(classes);
  return [...labels.keys()].filter((row) => {
    const label = labels[row];
    const count = counts[label] + 1;
    counts[label] = count;
    return count <= each;
  });
}

/** softmax(z) - 1/C of one row: the gradient of KL(uniform || softmax) at the logits. */
function pull(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const odds = Float64Array.from(logits, (value) => Math.exp(value - most));
  const sum = odds.reduce((a, b) => a + b);
  return odds.map((value) => value / sum - 1 / logits.length);
}

/** How full each interval [BINS, d] of each unit is, from 0 to 1. */
function coverage(
  h: Rows,
  logits: Rows,
  { labels, head: { weight }, facts }: FitContext,
  bins: Bins,
): Float32Array {
  const d = h.columns;
  const counts = new Float64Array(BINS * d);
  for (const row of balanced(labels, facts.classes)) {
    const direction = new Float64Array(d);
    const start = row * logits.columns;
    for (const [c, value] of pull(logits.data.subarray(start, start + logits.columns)).entries())
      for (let j = 0; j < d; j++) direction[j] = direction[j] + value * weight.data[c * d + j];
    for (const [j, value] of direction.entries()) {
      const state = 1 / (1 + Math.exp(-STEEPNESS * value * h.data[row * d + j]));
      const at = intervalOf(Math.fround(state), bins) * d + j;
      counts[at] += 1;
    }
  }
  return Float32Array.from(counts, (count) => Math.min(count / FULL, 1));
}

/** How usual the states of the units are: a state is a feature times what it does to the divergence of the softmax from the uniform one. */
export const nac = defineMethod({
  name: 'nac',
  revision: 2,
  card: {
    title: 'NAC-UE (penultimate layer)',
    score:
      "mean over units of min(1, n(s) / 50), n the train samples in the interval of s = sigmoid(100 h_j (W' (p - 1/C))_j)",
    cites: {
      authors: 'Yibing Liu and Chris Xing Tian and Haoliang Li and Lei Ma and Shiqi Wang',
      title: 'Neuron Activation Coverage: Rethinking Out-of-distribution Detection and Generalization',
      year: 2024,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2306.02879',
      at: 'section 3',
    },
    cost: 'O(C D) a sample; fit on 1,000 samples',
    quarrels: [
      'Several layers need gradients of each; of the penultimate layer alone the gradient is a product with W, and no backward pass is made.',
      "The paper divides 0..1 into equal intervals, as here; pytorch-ood into geometric ones, narrow at the ends: `bins: geometric`, which its authors' later code comes near.",
      'Constants are those of the authors for this layer on CIFAR-10, and 1,000 train samples, the first of each class, count; pytorch-ood counts all, by which 50 of them fill an interval sooner.',
    ],
  },
  config: z.strictObject({
    bins: binsSchema.default('uniform').meta({ title: 'intervals of the states: uniform or geometric' }),
  }),
  constants: ({ bins }) => ({ bins }),
  setting: z.object({ bins: binsSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    needsLabels: 'any',
    collect: keepFeaturesAndLogits,
    solve: (kept, context) => {
      const { penultimate, logits, features: d } = context.facts;
      const table = (bins: Bins) => ({
        shape: [BINS * d],
        data: coverage(kept(penultimate), kept(logits), context, bins),
      });
      return { uniform: table('uniform'), geometric: table('geometric') };
    },
  },
  score: ({ ops, facts, tap, state, head: { weight }, setting: { bins } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const p = ops.softmax(flatten(ops, tap(facts.logits)));
      const direction = ops.matMul(ops.sub(p, 1 / facts.classes), weight);
      const states = ops.sigmoid(ops.mul(ops.mul(h, direction), STEEPNESS));
      const cells = ops.add(ops.mul(intervalsOf(ops, states, bins), d), ops.range(0, d));
      const filled = ops.gather(state(bins), ops.cast(ops.reshape(cells, [-1]), 'int32'));
      return as1D(ops, ops.mean(ops.reshape(filled, [n, d]), 1));
    }),
});
