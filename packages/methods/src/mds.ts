import { z } from 'zod';
import { defineMethod } from './method.js';
import { classDistances } from './parts/class-distances.js';
import { fitLabelled } from './parts/fit-features.js';
import { as1D } from './parts/shapes.js';
import { tiedState } from './parts/tied-gaussian.js';

/** Mahalanobis distance of the penultimate features to the closest class: neither other layers nor gradients, and nothing to choose. */
export const mds = defineMethod({
  name: 'mds',
  revision: 1,
  card: {
    title: 'MDS',
    score: "-min over classes of (h - mu)' P (h - mu)",
    cites: {
      authors: 'Kimin Lee and Kibok Lee and Honglak Lee and Jinwoo Shin',
      title: 'A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks',
      year: 2018,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '1807.03888',
      at: 'section 2.1',
    },
    cost: 'O(C D^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      'The name is that of OpenOOD, which has the penultimate layer alone; `mahalanobis` is the method of the paper, with all layers and moved inputs.',
    ],
  },
  config: z.strictObject({}),
  setting: z.object({}),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(tiedState),
  score: (batch) =>
    batch.ops.tidy(() => as1D(batch.ops, batch.ops.neg(batch.ops.min(classDistances(batch), 1)))),
});
