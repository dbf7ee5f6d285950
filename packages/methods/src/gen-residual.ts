import { z } from 'zod';
import { defineMethod } from './method.js';
import { fitFeatures } from './parts/fit-features.js';
import {
  entropyOptions,
  entropySetting,
  entropySweep,
  generalisedEntropy,
} from './parts/generalised-entropy.js';
import { dimSetting, dimsOption, dimsSweep, residualLength, residualSpace } from './parts/residual-space.js';
import { as1D, flatten } from './parts/shapes.js';

/** GEN times the length of what the features have outside the principal space of the train set. */
export const genResidual = defineMethod({
  name: 'gen-residual',
  revision: 1,
  card: {
    title: 'GEN + Residual',
    score: '-||R (h - u)|| sum over the M largest p of p^g (1 - p)^g, R and u as ViM has them',
    cites: {
      authors: 'Xixi Liu and Yaroslava Lochman and Christopher Zach',
      title: 'GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      url: 'https://openaccess.thecvf.com/content/CVPR2023/html/Liu_GEN_Pushing_the_Limits_of_Softmax-Based_Out-of-Distribution_Detection_CVPR_2023_paper.html',
      at: 'section 3',
    },
    cost: 'O(D^2 + C log C) a sample; fit O(N D^2 + D^3)',
  },
  config: z.strictObject({ ...entropyOptions, dims: dimsOption }),
  constants: ({ top }) => ({ top }),
  sweep: ({ gammas, dims }, facts) => ({
    settings: entropySweep({ gammas }).settings.flatMap((one) =>
      dimsSweep({ dims }, facts).settings.map((other) => ({ ...one, ...other })),
    ),
    fallback: 0,
  }),
  setting: entropySetting.extend({ dim: dimSetting }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: fitFeatures((h, context) => residualSpace(h, context).state),
  score: (batch) => {
    const { ops, facts, tap, setting } = batch;
    return ops.tidy(() => {
      const length = residualLength(batch, flatten(ops, tap(facts.penultimate)), 'gen-residual');
      const entropy = generalisedEntropy(ops, flatten(ops, tap(facts.logits)), setting);
      return as1D(ops, ops.neg(ops.mul(length, entropy)));
    });
  },
});
