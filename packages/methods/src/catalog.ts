import { deepEnsemble } from './deep-ensemble.js';
import { energy } from './energy.js';
import { fssd } from './fssd.js';
import { knn } from './knn.js';
import { mahalanobis } from './mahalanobis.js';
import { mcDropout } from './mc-dropout.js';
import type { Method } from './method.js';
import { baseline } from './msp.js';
import { odin } from './odin.js';
import { outlierExposure } from './outlier-exposure.js';
import { vim } from './vim.js';

/** Every method that a grid may name. A new one is one file and one line here. */
export const METHODS: readonly Method[] = [
  baseline,
  odin,
  mahalanobis,
  deepEnsemble,
  mcDropout,
  outlierExposure,
  fssd,
  energy,
  knn,
  vim,
];
