import { fpr80, fpr95, tnr95 } from './metrics/at-tpr.js';
import { auprIn, auprOut } from './metrics/aupr.js';
import { auroc } from './metrics/auroc.js';
import { detectionAccuracy } from './metrics/detection-accuracy.js';
import { auprInOpenood, auprOutOpenood, fpr95Openood } from './metrics/openood.js';
import { bestSetting } from './parts/best-setting.js';
import { firstColumn } from './parts/first-column.js';
import { logisticRegression } from './parts/logistic-regression.js';
import { normalisationOfId } from './parts/normalisation.js';
import type { Protocol } from './protocol.js';

/** Helpers for writing protocols, passed to modules so that these need to import nothing. */
export const KIT = {
  metrics: {
    ...{ auroc, auprIn, auprOut, fpr80, fpr95, tnr95, detectionAccuracy },
    ...{ auprInOpenood, auprOutOpenood, fpr95Openood },
  },
  firstColumn,
  logisticRegression,
  bestSetting,
  normalisationOfId,
} as const;
export type ProtocolKit = typeof KIT;

/** The default export of a protocol's module. */
export type ProtocolModule = (kit: ProtocolKit) => Protocol;
