import { as1D } from '../backend/tensors.js';
import { maxSoftmax } from './max-softmax.js';
import type { Method } from './method.js';
import { signStep } from './sign-step.js';

/**
 * ODIN: softmax at temperature T of an input moved against the sign of the gradient of its own
 * cross-entropy at T. Gradients depend on T alone, so one serves every magnitude.
 *
 * Liang, Li and Srikant, "Enhancing the Reliability of Out-of-distribution Image Detection", 2018, eq. 1-2.
 */
export const odin: Method = {
  name: 'odin',
  gradient: {
    directions: (architecture, candidate) => {
      const temperature = candidate.temperature ?? 1;
      return [{ id: `T${temperature}`, tap: architecture.logits, temperature }];
    },
    cotangent: ({ tf }, logits, { temperature }) =>
      tf.tidy(() => {
        const [n = 0, classes = 0] = logits.shape;
        const label = tf.oneHot(as1D(tf.argMax(logits, 1)), classes);
        const p = tf.softmax(tf.div(logits, temperature));
        return tf.div(tf.div(tf.sub(p, label), n), temperature);
      }),
    step: ({ tf }, gradient, std) => signStep(tf, gradient, std),
    score: ({ tf }, logits, { temperature }) => tf.tidy(() => maxSoftmax(tf, tf.div(logits, temperature))),
  },
};
