import { fpr95, tnr95 } from './metrics/at-tpr.js';
import { auprIn, auprOut } from './metrics/aupr.js';
import { auroc } from './metrics/auroc.js';
import { detectionAccuracy } from './metrics/detection-accuracy.js';
import { lastColumn } from './parts/last-column.js';
import { normalisationOfId } from './parts/normalisation.js';
import type { Protocol } from './protocol.js';

const NOTHING = { from: 0, to: 0 } as const;

/**
 * No validation data at all: every sample of a test set tests, each method has its own setting, and of several columns, one for each
 * layer, the last counts.
 */
export const raw: Protocol = {
  name: 'raw',
  reference: 'none',
  batch: 512,
  permutationSeed: 42,
  metrics: [auroc, auprIn, auprOut, fpr95, tnr95, detectionAccuracy],
  normalisation: normalisationOfId,
  order: () => 'file',
  cut: ({ count }) => ({ fit: NOTHING, select: NOTHING, test: { from: 0, to: count } }),
  keptOod: (_idTest, oodTest) => oodTest,
  advice: 'all samples of both sets test',
  selection: null,
  combine: lastColumn,
  previewColumn: (columns) => columns - 1,
};
