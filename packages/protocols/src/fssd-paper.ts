import { OodError } from '@oodgrid/contract';
import { rocMetrics } from '@oodgrid/stats';
import { fpr80, fpr95, tnr95 } from './metrics/at-tpr.js';
import { auprIn, auprOut } from './metrics/aupr.js';
import { auroc } from './metrics/auroc.js';
import { detectionAccuracy } from './metrics/detection-accuracy.js';
import { bestSetting } from './parts/best-setting.js';
import { logisticRegression } from './parts/logistic-regression.js';
import { normalisationOfId } from './parts/normalisation.js';
import type { Protocol } from './protocol.js';

/** Samples that fit the regression, and samples that select a setting; the rest of a set tests. */
const FIT = 500;
const SELECT = 500;
const MINIMUM = FIT + SELECT + 1;

/**
 * The protocol of Huang et al., "Feature Space Singularity for Out-of-Distribution Detection", 2020 (arXiv 2011.14654), and of its public code:
 * each test set is cut into 500 to fit, 500 to select and the rest to test; a logistic regression over a method's columns, fitted on
 * the first, is its detector; the setting whose detector has the best TNR at 95 % TPR on the second is used.
 */
export const fssdPaper: Protocol = {
  name: 'fssd-paper',
  reference: 'https://arxiv.org/abs/2011.14654',
  cites: {
    authors: 'Haiwen Huang and Zhihan Li and Lulu Wang and Sishuo Chen and Bin Dong and Xinyu Zhou',
    title: 'Feature Space Singularity for Out-of-Distribution Detection',
    year: 2020,
    arxiv: '2011.14654',
  },
  batch: 512,
  // Both sets are permuted by their own fresh generator.
  permutationSeed: 42,
  metrics: [auroc, auprIn, auprOut, fpr80, fpr95, tnr95, detectionAccuracy],
  normalisation: normalisationOfId,
  order: (wanted) => wanted,
  cut({ name, count }) {
    if (count < MINIMUM) {
      throw new OodError(
        'invalid-input',
        `data set "${name}" has ${count} test samples; protocol fssd-paper needs at least ${MINIMUM}: ${FIT} to fit, ${SELECT} to select, the rest to test`,
      );
    }
    return {
      fit: { from: 0, to: FIT },
      select: { from: FIT, to: FIT + SELECT },
      test: { from: FIT + SELECT, to: count },
    };
  },
  keptOod: (idTest, oodTest) => Math.min(idTest, oodTest),
  advice:
    'the protocol takes the first 1,000 samples of each set to fit and choose, so give it sets of 2,000 or more',
  selection: {
    criterion: 'TNR at 95 % TPR',
    select: (sweep) =>
      bestSetting(sweep, (candidate) => {
        const rows = (role: 'fit' | 'select', side: 'id' | 'ood') => sweep.rows(role, side, candidate);
        const { scores } = logisticRegression(rows('fit', 'id'), rows('fit', 'ood'));
        return rocMetrics(scores(rows('select', 'id')), scores(rows('select', 'ood'))).tnr95;
      }),
  },
  combine: logisticRegression,
  // Which way each of several columns counts is known only when the regression over them is fitted.
  previewColumn: (columns) => (columns === 1 ? 0 : null),
};
