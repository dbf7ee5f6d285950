import { z } from 'zod';
import { defineMethod, type Ops, type Tensor, type Tensor1D } from './method.js';
import { magnitudesOption } from './parts/magnitudes.js';
import { maxSoftmax } from './parts/max-softmax.js';
import { logitsProbe, ownCrossEntropy, stepSetting, temperaturesOption } from './parts/own-cross-entropy.js';
import { flatten } from './parts/shapes.js';
import { signStep } from './parts/sign-step.js';

/** The sign step at the one input number whose gradient is the largest, the first of equal ones; nothing elsewhere. */
const steepestStep = (ops: Ops, gradient: Tensor, std: Tensor1D): Tensor =>
  ops.tidy(() => {
    const steepness = flatten(ops, ops.abs(gradient));
    const where = ops.oneHot(ops.argMax(steepness, 1), steepness.shape[1]);
    return ops.mul(signStep(ops, gradient, std), ops.reshape(where, gradient.shape));
  });

/** ODIN that moves a single number of the input, the one that the confidence depends on most. */
export const iodin = defineMethod({
  name: 'iodin',
  revision: 1,
  card: {
    title: 'i-ODIN',
    score:
      "max softmax(z(x') / T), x' = x - magnitude * sign(gradient) / std where |gradient| is largest, else x",
    cost: 'a gradient for each temperature and a pass for each setting',
    cites: {
      authors: 'Sudarshan Regmi',
      title: 'Going Beyond Conventional OOD Detection',
      year: 2024,
      arxiv: '2411.10794',
    },
    quarrels: [
      'Defaults and sweep are those of OpenOOD, which takes temperature 1000 and magnitude .0014 where nothing chooses.',
    ],
  },
  config: z.strictObject({
    magnitudes: magnitudesOption([0.0014, 0.0028]),
    temperatures: temperaturesOption([1000, 1, 10, 100]),
  }),
  sweep: ({ magnitudes, temperatures }) => ({
    settings: temperatures.flatMap((temperature) =>
      magnitudes.map((magnitude) => ({ magnitude, temperature })),
    ),
    fallback: 0,
  }),
  setting: stepSetting,
  needs: ({ logits }) => ({ taps: [logits] }),
  perturb: { probe: logitsProbe, cotangent: ownCrossEntropy, step: steepestStep },
  score: ({ ops, facts, tap, setting: { temperature } }) =>
    ops.tidy(() => maxSoftmax(ops, ops.div(tap(facts.logits), temperature))),
});
