import { auprFromOneOfCounts, fprAtOodRecallOfCounts } from '@oodgrid/stats';
import type { Metric } from '../metric.js';

/**
 * Share of ID that is flagged where 95 % of OOD is, read off the points that scikit-learn's `roc_curve` keeps: OOD is the positive class. Not
 * `fpr95`, which has ID as the positive class.
 */
export const fpr95Openood: Metric = {
  key: 'fpr95Openood',
  title: 'FPR95 (OOD)',
  isLowerBetter: true,
  positive: 'ood',
  of: (id, ood) => fprAtOodRecallOfCounts(id, ood, 0.95),
};

/** Area under scikit-learn's precision-recall curve, which begins at precision 1, with ID as the positive class. */
export const auprInOpenood: Metric = {
  key: 'auprInOpenood',
  title: 'AUPR-IN',
  isLowerBetter: false,
  positive: 'id',
  of: (id, ood) => auprFromOneOfCounts(id, ood, 'id'),
};

/** The same with OOD as the positive class. */
export const auprOutOpenood: Metric = {
  key: 'auprOutOpenood',
  title: 'AUPR-OUT',
  isLowerBetter: false,
  positive: 'ood',
  of: (id, ood) => auprFromOneOfCounts(id, ood, 'ood'),
};
