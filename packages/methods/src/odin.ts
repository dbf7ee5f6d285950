import { z } from 'zod';
import { defineMethod } from './method.js';
import { magnitudesOption, PAPER_MAGNITUDES } from './parts/magnitudes.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { logitsProbe, ownCrossEntropy, stepSetting, temperaturesOption } from './parts/own-cross-entropy.js';
import { signStep } from './parts/sign-step.js';

/**
 * Softmax at temperature T of an input moved against the sign of the gradient of its own cross-entropy at T.
 * Gradients depend on T alone, so one serves every magnitude.
 */
export const odin = defineMethod({
  name: 'odin',
  revision: 1,
  card: {
    title: 'ODIN',
    score: "max softmax(z(x') / T), x' = x - magnitude * sign(gradient) / std",
    cost: 'a gradient for each temperature and a pass for each setting',
    cites: {
      authors: 'Shiyu Liang and Yixuan Li and R. Srikant',
      title: 'Enhancing the Reliability of Out-of-distribution Image Detection in Neural Networks',
      year: 2018,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '1706.02690',
      at: 'eq. 1-2',
    },
  },
  config: z.strictObject({
    magnitudes: magnitudesOption(PAPER_MAGNITUDES),
    temperatures: temperaturesOption([1, 10, 100, 1000]),
  }),
  sweep: ({ magnitudes, temperatures }) => ({
    settings: magnitudes.flatMap((magnitude) =>
      temperatures.map((temperature) => ({ magnitude, temperature })),
    ),
    // The paper's code falls back to its last magnitude at temperature 1.
    fallback: (magnitudes.length - 1) * temperatures.length,
  }),
  setting: stepSetting,
  needs: ({ logits }) => ({ taps: [logits] }),
  columns: () => ['softmax'],
  perturb: {
    probe: logitsProbe,
    cotangent: ownCrossEntropy,
    step: signStep,
  },
  score: ({ ops, facts, tap, setting: { temperature } }) =>
    ops.tidy(() => maxSoftmax(ops, ops.div(tap(facts.logits), temperature))),
});
