import { z } from 'zod';
import { defineMethod, type FitContext, type Ops, type Rows, type State, type Tensor } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { fitLabelled } from './parts/fit-features.js';
import { labelledMeans } from './parts/labelled-means.js';
import { percentileSetting, percentilesOption, percentileTable } from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';

/** What each unit adds to each logit on average over the samples of that class, [classes, d], with the percentiles that masks are cut at. */
function importance(h: Rows, { labels, facts, head: { weight } }: FitContext): State {
  const { classes, features: d, penultimate } = facts;
  const means = labelledMeans(penultimate, h, labels, classes);
  const contributions = means.map((value, i) => value * weight.data[i]);
  const [ofUnits, ofWeights] = [new Float32Array(classes * 101), new Float32Array(classes * 101)];
  for (let c = 0; c < classes; c++) {
    const own = contributions.subarray(c * d, (c + 1) * d);
    ofUnits.set(percentileTable(own), c * 101);
    ofWeights.set(percentileTable(weight.data.map((value, i) => Math.abs(own[i % d]) * value)), c * 101);
  }
  return {
    contributions: { shape: [classes, d], data: contributions },
    units: { shape: [classes, 101], data: ofUnits },
    weights: { shape: [classes, 101], data: ofWeights },
    clip: { shape: [101], data: percentileTable(h.data) },
  };
}

/** 1 where x is above a value, else 0. */
const above = (ops: Ops, x: Tensor, value: Tensor): Tensor => ops.cast(ops.greater(x, value), 'float32');

/** Energy by the units and weights alone that matter to the predicted class, of features that are cut. */
export const line = defineMethod({
  name: 'line',
  revision: 1,
  card: {
    title: 'LINe',
    score:
      'logsumexp((M_y * W) (m_y * min(h, c)) + b), m_y and M_y 1 where s_y, and |s_y| W, are above their percentiles, s_y = W_y mean h of class y, y the predicted class',
    cites: {
      authors: 'Yong Hyun Ahn and Gyeong-Moon Park and Seong Tae Kim',
      title: 'LINe: Out-of-Distribution Detection by Leveraging Important Neurons',
      year: 2023,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2303.13995',
      at: 'eq. 4-8',
    },
    cost: 'O(C^2 D) a sample; fit O(N D + C^2 D log(C D))',
    quarrels: [
      "The code gets s by gradients, sample by sample; of the last layer's input they are the products with W_y of here.",
      'The code cuts features at 1 for every network; here at a percentile of the train features, as ReAct does.',
      'The code predicts the class from the cut features; here it is the class that the model predicts.',
      'Percentiles differ by data set in its runs (90 and 90 for CIFAR-10, 90 and 10 for CIFAR-100); the default is that of its options, 10 and 10.',
    ],
  },
  config: z.strictObject({
    percentiles: percentilesOption([10, 90], 'percentages of the weights to leave out, to choose from'),
    units: percentileSetting.default(10).meta({ title: 'percentage of the units to leave out' }),
    clip: percentileSetting.default(90).meta({ title: 'percentile of the train features to cut at' }),
  }),
  constants: ({ units, clip }) => ({ units, clip }),
  sweep: ({ percentiles }) => ({ settings: percentiles.map((percentile) => ({ percentile })), fallback: 0 }),
  setting: z.object({ percentile: percentileSetting, units: percentileSetting, clip: percentileSetting }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: fitLabelled(importance),
  score: ({ ops, facts, tap, state, head, setting: { percentile, units, clip } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const predicted = ops.reshape(ops.argMax(flatten(ops, tap(facts.logits)), 1), [n]);
      const contributions = state('contributions');
      const unitMasks = above(ops, contributions, ops.slice(state('units'), [0, units], [facts.classes, 1]));
      const cut = ops.minimum(h, ops.slice(state('clip'), [clip], [1]));
      const active = as2D(ops, ops.mul(cut, ops.gather(unitMasks, predicted)), n, d);
      const leasts = ops.unstack(ops.slice(state('weights'), [0, percentile], [facts.classes, 1]));
      return ops.unstack(contributions).reduce<ReturnType<typeof energyOf>>(
        (scores, own, c) => {
          const matter = above(ops, ops.mul(ops.abs(own), head.weight), leasts[c] ?? ops.scalar(Number.NaN));
          const weight = as2D(ops, ops.mul(head.weight, matter), facts.classes, d);
          const energy = energyOf(ops, active, { weight, bias: head.bias });
          return ops.where(ops.equal(predicted, ops.scalar(c, 'int32')), energy, scores);
        },
        ops.zeros([n]),
      );
    }),
});
