import { ash } from './ash.js';
import { deepEnsemble } from './deep-ensemble.js';
import { dice } from './dice.js';
import { energy } from './energy.js';
import { fdbd } from './fdbd.js';
import { fssd } from './fssd.js';
import { gradnorm } from './gradnorm.js';
import { klMatching } from './kl-matching.js';
import { knn } from './knn.js';
import { mahalanobis } from './mahalanobis.js';
import { maxLogit } from './max-logit.js';
import { mcDropout } from './mc-dropout.js';
import type { Method } from './method.js';
import { baseline } from './msp.js';
import { nnguide } from './nnguide.js';
import { odin } from './odin.js';
import { outlierExposure } from './outlier-exposure.js';
import { react } from './react.js';
import { relativeMahalanobis } from './relative-mahalanobis.js';
import { scale } from './scale.js';
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
  maxLogit,
  klMatching,
  react,
  dice,
  ash,
  scale,
  relativeMahalanobis,
  fdbd,
  nnguide,
  gradnorm,
];
