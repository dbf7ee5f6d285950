import { CALIBRATION } from './cites.js';
import type { MetricFamily } from './family.js';

/** Whether a model's confidence is its accuracy: a number of the model, not of a row. */
export const calibration: MetricFamily = {
  name: 'calibration',
  measures:
    'the expected calibration error (ECE, 15 bins) of each model on each ID test set, by the largest softmax probability; beside the accuracies',
  metrics: [],
  isOfModels: true,
  cites: [CALIBRATION],
};
