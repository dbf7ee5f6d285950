import { z } from 'zod';
import { defineMethod } from './method.js';
import { directionResidual, fitDirections } from './parts/cosine-residual.js';
import { shareSetting, shareSweep, sharesOption } from './parts/explained-axes.js';

/** Part of the features' direction outside the principal space of the train set: kernel PCA with a cosine kernel. */
export const cop = defineMethod({
  name: 'cop',
  revision: 1,
  card: {
    title: 'CoP',
    score: '-||R (h / ||h|| - mean)||, R the axes beyond the principal ones',
    cites: {
      authors: 'Kun Fang and Qinghua Tao and Kexin Lv and Mingzhen He and Xiaolin Huang and Jie Yang',
      title: 'Kernel PCA for Out-of-Distribution Detection',
      year: 2024,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2402.02949',
    },
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      "The code's share differs by network: .85 for ResNet-18 on CIFAR-10, which is the default, .99 for ResNet-50 on ImageNet.",
      'Where the share needs every axis nothing is left outside, and all scores are 0.',
    ],
  },
  config: z.strictObject({ shares: sharesOption([0.85]) }),
  sweep: shareSweep,
  setting: z.object({ share: shareSetting }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitDirections,
  score: (batch) => batch.ops.tidy(() => batch.ops.neg(directionResidual(batch))),
});
