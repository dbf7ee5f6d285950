import { z } from 'zod';
import { defineMethod } from './method.js';
import { directions } from './parts/directions.js';
import { keepPenultimate } from './parts/keep-penultimate.js';
import { labelledMeans } from './parts/labelled-means.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { flatten } from './parts/shapes.js';
import { unitRows } from './parts/unit-rows.js';

/** How far the closest class mean is ahead of the others in angle, as the softmax of cosines says it. */
export const relativeCosine = defineMethod({
  name: 'relative-cosine',
  revision: 1,
  card: {
    title: 'Relative cosine',
    score: 'max over classes of softmax(cos(h, mu) / T)',
    cites: {
      authors: 'Julian Bitterwolf and Maximilian Mueller and Matthias Hein',
      title: 'In or Out? Fixing ImageNet Out-of-Distribution Detection Evaluation',
      year: 2023,
      proceedings: 'International Conference on Machine Learning',
      arxiv: '2306.00826',
    },
    cost: 'O(C D) a sample; fit O(N D)',
  },
  config: z.strictObject({
    temperature: z.number().min(1e-3).max(1e3).default(1).meta({ title: 'temperature T' }),
  }),
  constants: ({ temperature }) => ({ temperature }),
  setting: z.object({ temperature: z.number() }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: {
    on: 'train',
    needsLabels: 'every-class',
    collect: keepPenultimate,
    solve: (kept, { facts: { penultimate, classes, features }, labels }) => {
      const means = labelledMeans(penultimate, kept(penultimate), labels, classes);
      const data = unitRows({ rows: classes, columns: features, data: means });
      return { means: { shape: [classes, features], data } };
    },
  },
  score: ({ ops, facts, tap, state, setting: { temperature } }) =>
    ops.tidy(() => {
      const h = directions(ops, flatten(ops, tap(facts.penultimate)));
      return maxSoftmax(ops, ops.div(ops.matMul(h, state('means'), false, true), temperature));
    }),
});
