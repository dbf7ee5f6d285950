import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod } from './method.js';
import { energyOf } from './parts/energy-of.js';
import { fitFeatures } from './parts/fit-features.js';
import { percentileSetting, percentilesOption, percentileTable } from './parts/percentiles.js';
import { as2D, flatten } from './parts/shapes.js';

const variantSchema = z.enum(['paper', 'openood']);

/** Energy of features of which the usually high ones are cut and the usually low ones count for nothing. */
export const vra = defineMethod({
  name: 'vra',
  revision: 1,
  card: {
    title: 'VRA',
    score:
      "logsumexp(W h' + b), h' = 0 where h < a, else min(h, c), a and c percentiles of all train features",
    cites: {
      authors: 'Mingyu Xu and Zheng Lian and Bin Liu and Jianhua Tao',
      title: 'VRA: Variational Rectified Activation for Out-of-distribution Detection',
      year: 2023,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2302.11716',
    },
    cost: 'O(C D) a sample; fit O(N D log(N D))',
    quarrels: [
      'OpenOOD raises what is below a to a (variant `openood`) and takes percentiles of the ID validation set; here they are of the train set.',
      'pytorch-ood cuts at percentiles of each feature alone.',
    ],
  },
  config: z.strictObject({
    variant: variantSchema.default('paper').meta({ title: 'what is below a: 0 (`paper`), or a (`openood`)' }),
    high: percentilesOption([90, 85, 95, 99], 'percentiles c of the train features to choose from'),
    low: percentilesOption([10, 1, 5, 15], 'percentiles a of the train features to choose from'),
  }),
  constants: ({ variant }) => ({ variant }),
  sweep: ({ high, low }) => {
    const [least, most] = [Math.min(...high), Math.max(...low)];
    if (most >= least)
      throw new OodError(
        'invalid-input',
        `"low" has ${most}, but "high" has ${least}: nothing would be between; give percentiles below ${least} as "low"`,
      );
    return { settings: high.flatMap((one) => low.map((other) => ({ high: one, low: other }))), fallback: 0 };
  },
  setting: z.object({ variant: variantSchema, high: percentileSetting, low: percentileSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures((h) => ({ percentiles: { shape: [101], data: percentileTable(h.data) } })),
  score: ({ ops, facts, tap, state, head, setting: { variant, high, low } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const least = ops.slice(state('percentiles'), [low], [1]);
      const cut = ops.minimum(h, ops.slice(state('percentiles'), [high], [1]));
      const rectified =
        variant === 'openood'
          ? ops.maximum(cut, least)
          : ops.where(ops.less(h, least), ops.zerosLike(h), cut);
      return energyOf(ops, as2D(ops, rectified, h.shape[0], h.shape[1]), head);
    }),
});
