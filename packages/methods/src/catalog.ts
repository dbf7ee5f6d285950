import { actsub } from './actsub.js';
import { ash } from './ash.js';
import { bats } from './bats.js';
import { cadref } from './cadref.js';
import { caref } from './caref.js';
import { cfood } from './cfood.js';
import { cop } from './cop.js';
import { copFusion } from './cop-fusion.js';
import { corp } from './corp.js';
import { cosine } from './cosine.js';
import { cosineSoftmax } from './cosine-softmax.js';
import { ddu } from './ddu.js';
import { deepEnsemble } from './deep-ensemble.js';
import { dice } from './dice.js';
import { doctor } from './doctor.js';
import { energy } from './energy.js';
import { entropy } from './entropy.js';
import { fdbd } from './fdbd.js';
import { featureNorm } from './feature-norm.js';
import { fssd } from './fssd.js';
import { gem } from './gem.js';
import { gen } from './gen.js';
import { genResidual } from './gen-residual.js';
import { gradientUncertainty } from './gradient-uncertainty.js';
import { gradnorm } from './gradnorm.js';
import { igeood } from './igeood.js';
import { iodin } from './iodin.js';
import { klMatching } from './kl-matching.js';
import { knn } from './knn.js';
import { line } from './line.js';
import { lof } from './lof.js';
import { logitGap } from './logit-gap.js';
import { lts } from './lts.js';
import { mahalanobis } from './mahalanobis.js';
import { mahalanobisPlusPlus } from './mahalanobis-plus-plus.js';
import { maxLogit } from './max-logit.js';
import { mcDropout } from './mc-dropout.js';
import { mcDropoutEntropy } from './mc-dropout-entropy.js';
import { mcDropoutMutualInformation } from './mc-dropout-mutual-information.js';
import { mds } from './mds.js';
import type { Method } from './method.js';
import { baseline } from './msp.js';
import { nac } from './nac.js';
import { nci } from './nci.js';
import { neco } from './neco.js';
import { negativeAwareNorm } from './negative-aware-norm.js';
import { neighbourAgreement } from './neighbour-agreement.js';
import { nnguide } from './nnguide.js';
import { odin } from './odin.js';
import { openmax } from './openmax.js';
import { optfs } from './optfs.js';
import { ora } from './ora.js';
import { outlierExposure } from './outlier-exposure.js';
import { pnml } from './pnml.js';
import { projection } from './projection.js';
import { ras } from './ras.js';
import { react } from './react.js';
import { relation } from './relation.js';
import { relativeCosine } from './relative-cosine.js';
import { relativeMahalanobis } from './relative-mahalanobis.js';
import { relativeMahalanobisPlusPlus } from './relative-mahalanobis-plus-plus.js';
import { residual } from './residual.js';
import { scale } from './scale.js';
import { she } from './she.js';
import { sirc } from './sirc.js';
import { softmaxMargin } from './softmax-margin.js';
import { ssd } from './ssd.js';
import { trustScore } from './trust-score.js';
import { vim } from './vim.js';
import { vra } from './vra.js';
import { wdiscood } from './wdiscood.js';
import { weiper } from './weiper.js';

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
  entropy,
  doctor,
  softmaxMargin,
  logitGap,
  negativeAwareNorm,
  lts,
  gradientUncertainty,
  cosine,
  relativeCosine,
  cosineSoftmax,
  mahalanobisPlusPlus,
  relativeMahalanobisPlusPlus,
  gem,
  caref,
  cadref,
  neco,
  cop,
  optfs,
  ora,
  pnml,
  igeood,
  bats,
  ras,
  featureNorm,
  sirc,
  wdiscood,
  ddu,
  nac,
  trustScore,
  neighbourAgreement,
  lof,
  cfood,
  iodin,
  copFusion,
  actsub,
  ssd,
  weiper,
  projection,
  line,
  corp,
  gen,
  genResidual,
  residual,
  she,
  nci,
  relation,
  vra,
  mds,
  openmax,
  mcDropoutEntropy,
  mcDropoutMutualInformation,
];
