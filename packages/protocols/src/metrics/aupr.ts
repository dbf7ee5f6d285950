import { auprOfCounts } from '@oodgrid/stats';
import type { Metric } from '../metric.js';

/** Area under precision and recall with ID as the positive class, by trapezoids over one point per distinct score. */
export const auprIn: Metric = {
  key: 'auprIn',
  title: 'AUPR-IN',
  isLowerBetter: false,
  positive: 'id',
  of: (id, ood) => auprOfCounts(id, ood, 'id'),
  walk: 'auprIn',
};

/** The same with OOD as the positive class. */
export const auprOut: Metric = {
  key: 'auprOut',
  title: 'AUPR-OUT',
  isLowerBetter: false,
  positive: 'ood',
  of: (id, ood) => auprOfCounts(id, ood, 'ood'),
  walk: 'auprOut',
};
