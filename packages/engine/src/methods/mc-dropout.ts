import { z } from 'zod';
import { as2D, type Tensor2D } from '../backend/tensors.js';
import type { Method } from './method.js';

const optionsSchema = z.object({ passes: z.number().int().min(1).max(10_000) });

/**
 * Maximum of the mean softmax over stochastic passes with dropout active; the rest of the network stays
 * in evaluation mode. Masks are a function of (seed, sample, pass, layer, unit), so scores do not depend
 * on batches, slices or workers.
 *
 * Gal and Ghahramani, "Dropout as a Bayesian Approximation", 2016.
 */
export const mcDropout: Method = {
  name: 'mc-dropout',
  forward: {
    taps: ({ stochasticTap }) => (stochasticTap === undefined ? [] : [stochasticTap]),
    passes: (options) => optionsSchema.parse(options).passes,
    score: ({ tf, options, stochasticLogits }) => {
      const { passes } = optionsSchema.parse(options);
      let sum = as2D(tf.zeros([1, 1]), 1, 1);
      for (const logits of stochasticLogits(Array.from({ length: passes }, (_, pass) => pass))) {
        const next = tf.tidy(() => tf.add<Tensor2D>(sum, tf.softmax(logits)));
        tf.dispose([sum, logits]);
        sum = next;
      }
      return tf.tidy(() => as2D(tf.max(tf.div(sum, passes), 1), sum.shape[0], 1));
    },
  },
};
