import { z } from 'zod';
import { defineMethod, type Tensor } from './method.js';
import { fitLabelledLogits } from './parts/fit-features.js';
import { labelledMeans } from './parts/labelled-means.js';
import { as1D, flatten } from './parts/shapes.js';

const variantSchema = z.enum(['sum', 'min']);

/** Fisher-Rao distances between the softmax of a sample and those of the classes' mean logits. */
export const igeood = defineMethod({
  name: 'igeood',
  revision: 1,
  card: {
    title: 'Igeood (logits)',
    score: 'sum over classes of d(p(z), p(mu_c)), d = 2 arccos(sum of sqrt(p q)); or -min over classes',
    cites: {
      authors: 'Eduardo Dadalto Camara Gomes and Florence Alberge and Pierre Duhamel and Pablo Piantanida',
      title: 'Igeood: An Information Geometry Approach to Out-of-Distribution Detection',
      year: 2022,
      proceedings: 'International Conference on Learning Representations',
      arxiv: '2203.07798',
    },
    cost: 'O(C^2) a sample; fit O(N C)',
    quarrels: [
      "The code finds each class's centre by gradient descent on Fisher-Rao distances; here it is the mean logit of the class.",
      'The temperature, which the code tunes for each network, is 1.',
    ],
  },
  config: z.strictObject({
    variant: variantSchema.default('sum').meta({ title: 'the sum of the distances, or minus the smallest' }),
    temperature: z.number().min(1e-3).max(1e6).default(1).meta({ title: 'temperature T of both softmaxes' }),
  }),
  constants: ({ variant, temperature }) => ({ variant, temperature }),
  setting: z.object({ variant: variantSchema, temperature: z.number() }),
  needs: ({ logits }) => ({ taps: [logits] }),
  fit: fitLabelledLogits((z, { facts: { logits, classes }, labels }) => ({
    means: { shape: [classes, classes], data: labelledMeans(logits, z, labels, classes) },
  })),
  score: ({ ops, facts, tap, state, setting: { variant, temperature } }) =>
    ops.tidy(() => {
      const roots = (x: Tensor) => ops.sqrt(ops.softmax(ops.div(x, temperature)));
      const p = roots(flatten(ops, tap(facts.logits)));
      // 4 asin(|sqrt p - sqrt q| / 2) keeps the digits that the arc cosine of a float32 near 1 loses.
      const distances = ops.unstack(roots(state('means'))).map((q) => {
        const half = ops.div(ops.norm(ops.sub(p, q), 2, 1), 2);
        return ops.mul(ops.asin(ops.minimum(half, 1)), 4);
      });
      const all = ops.stack(distances, 1);
      return as1D(ops, variant === 'sum' ? ops.sum(all, 1) : ops.neg(ops.min(all, 1)));
    }),
});
