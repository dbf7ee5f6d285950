import { detectionAccuracyOfCounts } from '@oodgrid/stats';
import type { Metric } from '../metric.js';

/** The best mean of TPR and TNR over all thresholds. */
export const detectionAccuracy: Metric = {
  key: 'detacc',
  title: 'DetAcc',
  isLowerBetter: false,
  positive: 'id',
  of: detectionAccuracyOfCounts,
  walk: 'detacc',
};
