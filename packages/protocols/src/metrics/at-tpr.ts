import { fprAtTprOfCounts } from '@oodgrid/stats';
import type { Metric } from '../metric.js';

const RECALL = { fpr80: 0.8, fpr95: 0.95, tnr95: 0.95 } as const;

/** Share of OOD at or above the largest threshold at which 80 % of ID are: ID is the positive class. */
export const fpr80: Metric = {
  key: 'fpr80',
  title: 'FPR80',
  isLowerBetter: true,
  positive: 'id',
  of: (id, ood) => fprAtTprOfCounts(id, ood, RECALL.fpr80),
  walk: 'fpr80',
};

/** The same at which 95 % of ID are. */
export const fpr95: Metric = {
  key: 'fpr95',
  title: 'FPR95',
  isLowerBetter: true,
  positive: 'id',
  of: (id, ood) => fprAtTprOfCounts(id, ood, RECALL.fpr95),
  walk: 'fpr95',
};

/** Share of OOD below that threshold: 1 - FPR95. */
export const tnr95: Metric = {
  key: 'tnr95',
  title: 'TNR95',
  isLowerBetter: false,
  positive: 'id',
  of: (id, ood) => 1 - fprAtTprOfCounts(id, ood, RECALL.tnr95),
  walk: 'tnr95',
};
