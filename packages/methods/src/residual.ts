import { z } from 'zod';
import { defineMethod } from './method.js';
import { fitFeatures } from './parts/fit-features.js';
import { dimSetting, dimsOption, dimsSweep, residualLength, residualSpace } from './parts/residual-space.js';
import { as1D, flatten } from './parts/shapes.js';

/** Length of what the features have outside the principal space of the train set: ViM without its logits. */
export const residual = defineMethod({
  name: 'residual',
  revision: 1,
  card: {
    title: 'Residual',
    score: '-||R (h - u)||, u = -pinv(W) b, R the axes beyond the principal ones',
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    cites: {
      authors: 'Haoqi Wang and Zhizhong Li and Litong Feng and Wayne Zhang',
      title: 'ViM: Out-Of-Distribution with Virtual-logit Matching',
      year: 2022,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2203.10807',
      at: 'section 3.2',
    },
    quarrels: [
      'OpenOOD fits on the ID validation set, with 512 dimensions: of 512 features none is left outside, and every score is 0.',
    ],
  },
  config: z.strictObject({ dims: dimsOption }),
  sweep: dimsSweep,
  setting: z.object({ dim: dimSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate], head: true }),
  fit: fitFeatures((h, context) => residualSpace(h, context).state),
  score: (batch) => {
    const { ops, facts, tap } = batch;
    return ops.tidy(() =>
      as1D(ops, ops.neg(residualLength(batch, flatten(ops, tap(facts.penultimate)), 'residual'))),
    );
  },
});
