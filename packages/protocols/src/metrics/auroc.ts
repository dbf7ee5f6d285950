import { aurocOfCounts } from '@oodgrid/stats';
import type { Metric } from '../metric.js';

/** Share of (ID, OOD) pairs in which the ID sample scores higher, ties at half. Its interval is DeLong's, with Newcombe's at the border. */
export const auroc: Metric = {
  key: 'auroc',
  title: 'AUROC',
  isLowerBetter: false,
  positive: 'id',
  of: aurocOfCounts,
};
