import { OodError } from '@oodgrid/protocol';
import { as2D } from '../backend/tensors.js';
import type { Method } from './method.js';

/**
 * No detector: the class that the model predicts (the first of equal logits) and the label, of each sample. What
 * says whether model, normalisation and labels belong together.
 */
export const predictions: Method = {
  name: 'predictions',
  forward: {
    taps: (architecture) => [architecture.logits],
    passes: () => 0,
    score: ({ tf, taps, architecture, labels }) => {
      const logits = taps.get(architecture.logits);
      if (logits === undefined) throw new RangeError('predictions need the logits');
      if (labels === null)
        throw new OodError('invalid-input', 'the data set has no labels to compare predictions with');
      return tf.tidy(() => {
        const predicted = tf.cast(tf.argMax(logits, 1), 'float32');
        return as2D(tf.stack([predicted, tf.tensor1d(Float32Array.from(labels))], 1), labels.length, 2);
      });
    },
  },
};
