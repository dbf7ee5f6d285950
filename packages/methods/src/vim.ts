import { meanResidualLengths } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { keepFeaturesAndLogits } from './parts/keep-features-and-logits.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { dimSetting, dimsOption, dimsSweep, residualLength, residualSpace } from './parts/residual-space.js';
import { flatten } from './parts/shapes.js';

function meanLargest({ rows, columns, data }: Rows): number {
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += data.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b));
  return sum / rows;
}

/** Energy less the scaled length of what the features have outside the principal space of the train set. */
export const vim = defineMethod({
  name: 'vim',
  revision: 1,
  card: {
    title: 'ViM',
    score: 'logsumexp(z) - alpha ||R (h - u)||, u = -pinv(W) b, R the axes beyond the principal ones',
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    cites: {
      authors: 'Haoqi Wang and Zhizhong Li and Litong Feng and Wayne Zhang',
      title: 'ViM: Out-Of-Distribution with Virtual-logit Matching',
      year: 2022,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2203.10807',
      at: 'section 4',
    },
  },
  config: z.strictObject({ dims: dimsOption }),
  sweep: dimsSweep,
  setting: z.object({ dim: dimSetting }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: keepFeaturesAndLogits,
    solve: (kept, context) => {
      const h = kept(context.facts.penultimate);
      const { origin, axes, filled, state } = residualSpace(h, context);
      const largest = meanLargest(kept(context.facts.logits));
      // Beyond the filled axes lengths are rounding, and alpha would scale them up to any size.
      const alpha = meanResidualLengths(h, origin, axes.vectors).map((mean, dim) =>
        dim < filled ? largest / mean : 0,
      );
      return { ...state, alpha: { shape: [h.columns], data: Float32Array.from(alpha) } };
    },
  },
  score: (batch) => {
    const { ops, facts, tap, state, setting } = batch;
    return ops.tidy(() => {
      const length = residualLength(batch, flatten(ops, tap(facts.penultimate)), 'vim');
      const alpha = ops.slice(state('alpha'), [setting.dim], [1]);
      return ops.sub(logSumExp(ops, tap(facts.logits)), ops.mul(length, alpha));
    });
  },
});
