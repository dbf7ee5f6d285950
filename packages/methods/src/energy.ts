import { z } from 'zod';
import { defineMethod } from './method.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { temperatureSetting, temperatureSweep, temperaturesOption } from './parts/temperatures.js';

/** The negative free energy of the logits at a temperature: large where some class is far more likely than chance. */
export const energy = defineMethod({
  name: 'energy',
  revision: 1,
  card: {
    title: 'Energy',
    score: 'T logsumexp(z / T)',
    cost: 'O(C) a sample',
    cites: {
      authors: 'Weitang Liu and Xiaoyun Wang and John D. Owens and Yixuan Li',
      title: 'Energy-based Out-of-distribution Detection',
      year: 2020,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2010.03759',
      at: 'eq. 4',
    },
  },
  config: z.strictObject({ temperatures: temperaturesOption }),
  sweep: temperatureSweep,
  setting: temperatureSetting,
  needs: ({ logits }) => ({ taps: [logits] }),
  score: ({ ops, facts, tap, setting: { temperature } }) =>
    ops.tidy(() => ops.mul(logSumExp(ops, ops.div(tap(facts.logits), temperature)), temperature)),
});
