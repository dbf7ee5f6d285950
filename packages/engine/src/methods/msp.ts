import { as2D } from '../backend/tensors.js';
import { maxSoftmax } from './max-softmax.js';
import type { Method } from './method.js';

/**
 * Maximum softmax probability, in float32 as the paper's code has it, so its large groups of exact 1.0
 * are kept. Also the score of each Deep Ensemble member and of a model trained with Outlier Exposure.
 *
 * Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples", 2017.
 */
export const msp: Method = {
  name: 'msp',
  forward: {
    taps: (architecture) => [architecture.logits],
    passes: () => 0,
    score: ({ tf, taps, architecture }) => {
      const logits = taps.get(architecture.logits);
      if (logits === undefined) throw new RangeError('msp needs the logits');
      return tf.tidy(() => as2D(maxSoftmax(tf, logits), logits.shape[0] ?? 0, 1));
    },
  },
};
