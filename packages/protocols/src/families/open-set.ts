import { oscrOfCounts } from '@oodgrid/stats';
import { OSCR } from './cites.js';
import { type MetricFamily, rightOf } from './family.js';

/** Classification of what is known while what is unknown is rejected. */
export const openSet: MetricFamily = {
  name: 'open-set',
  measures: 'how many ID samples are accepted and classified rightly, over how many OOD samples are accepted',
  metrics: [
    {
      key: 'oscr',
      title: 'OSCR',
      isLowerBetter: false,
      positive: 'id',
      note: 'wrongly classified ID samples are never counted as accepted',
      of: (id, ood, wrong) => oscrOfCounts(rightOf(id, wrong), id, ood),
    },
  ],
  isOfModels: false,
  cites: [OSCR],
};
