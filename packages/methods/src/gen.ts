import { z } from 'zod';
import { defineMethod } from './method.js';
import {
  entropyOptions,
  entropySetting,
  entropySweep,
  generalisedEntropy,
} from './parts/generalised-entropy.js';
import { as1D, flatten } from './parts/shapes.js';

/** Generalised entropy of the softmax: small exponents weigh small deviations from one-hot predictions. */
export const gen = defineMethod({
  name: 'gen',
  revision: 1,
  card: {
    title: 'GEN',
    score: '-sum over the M largest p of p^g (1 - p)^g, p = softmax(z)',
    cites: {
      authors: 'Xixi Liu and Yaroslava Lochman and Christopher Zach',
      title: 'GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection',
      year: 2023,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      url: 'https://openaccess.thecvf.com/content/CVPR2023/html/Liu_GEN_Pushing_the_Limits_of_Softmax-Based_Out-of-Distribution_Detection_CVPR_2023_paper.html',
      at: 'section 3',
    },
    cost: 'O(C log C) a sample',
    quarrels: [
      'OpenOOD takes 1 - p of a float32 softmax, which is 0 where it saturates; here it is from logarithms.',
      'pytorch-ood cuts p at 1e-7 and takes the mean, so that with a small g each unlikely class counts.',
    ],
  },
  config: z.strictObject(entropyOptions),
  constants: ({ top }) => ({ top }),
  sweep: entropySweep,
  setting: entropySetting,
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap, setting }) =>
    ops.tidy(() => as1D(ops, ops.neg(generalisedEntropy(ops, flatten(ops, tap(facts.logits)), setting)))),
});
