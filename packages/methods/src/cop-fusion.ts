import { z } from 'zod';
import { defineMethod } from './method.js';
import { directionResidual, fitDirections } from './parts/cosine-residual.js';
import { shareSetting, shareSweep, sharesOption } from './parts/explained-axes.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { maxSoftmax } from './parts/max-softmax.js';

const baseSchema = z.enum(['energy', 'msp']);

/** A logit score, less the share of it that the direction of the features has outside the principal space. */
export const copFusion = defineMethod({
  name: 'cop-fusion',
  revision: 1,
  card: {
    title: 'CoP fusion',
    score: '(1 - ||R (h / ||h|| - mean)||) L, R the axes beyond the principal ones, L energy or max softmax',
    cites: {
      authors: 'Kun Fang and Qinghua Tao and Kexin Lv and Mingzhen He and Xiaolin Huang and Jie Yang',
      title: 'Kernel PCA for Out-of-Distribution Detection',
      year: 2024,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2402.02949',
      at: 'section 4.3',
    },
    cost: 'O(D^2 + C) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      'The code fuses with the energy of ReAct and BATS too, and shapes the features before the residual then; here L is of the logits as they are.',
      'An energy below zero reverses the order of the residual, here as in the code.',
    ],
  },
  config: z.strictObject({
    shares: sharesOption([0.85]),
    base: baseSchema.default('energy').meta({ title: 'logit score L: energy or msp' }),
  }),
  constants: ({ base }) => ({ base }),
  sweep: shareSweep,
  setting: z.object({ share: shareSetting, base: baseSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits] }),
  fit: fitDirections,
  score: (batch) => {
    const { ops, facts, tap, setting } = batch;
    return ops.tidy(() => {
      const base = setting.base === 'msp' ? maxSoftmax : logSumExp;
      return ops.mul(ops.sub(1, directionResidual(batch)), base(ops, tap(facts.logits)));
    });
  },
});
