export { aurocInterval, meanAurocInterval } from './auroc-interval.js';
export {
  type BootstrapIntervals,
  type BootstrapOptions,
  type BootstrappedMetric,
  bootstrapMetrics,
  bootstrapRanked,
} from './bootstrap.js';
export { BootstrapDraws } from './bootstrap-draws.js';
export { bootstrapGroups, type GroupMetric } from './bootstrap-groups.js';
export { withBorder } from './border-intervals.js';
export { CALIBRATION_BINS, calibrationError } from './calibration-error.js';
export { inverseCholesky } from './cholesky.js';
export { CITES } from './cites.js';
export { classCovariance } from './class-covariance.js';
export { type Point, prCurve, rocCurve, thinCurve } from './curves.js';
export {
  type DelongAuroc,
  delongAuroc,
  delongOfPlacements,
  delongPaired,
  type Interval,
  type PairedTest,
  type Placements,
  pairedOfPlacements,
  placementsOf,
  rankedSubset,
} from './delong.js';
export { type Friedman, friedmanTest, nemenyiDifference, nemenyiP } from './friedman.js';
export { holmLog10 } from './holm.js';
export { decisionFunction, fitLogistic, type LabelledFeatures, type LogisticFit } from './logistic.js';
export { fitLogisticCv, LOGISTIC_CS, type LogisticCvFit, stratifiedFolds } from './logistic-cv.js';
export {
  auprOfCounts,
  aurocOfCounts,
  detectionAccuracyOfCounts,
  fprAtTprOfCounts,
  METRIC_NAMES,
  type MetricName,
  type Metrics,
  metricsOfRanked,
  rocMetrics,
} from './metrics.js';
export { minimumNormSolution } from './minimum-norm.js';
export { log10TwoSidedTail, normalCdf, twoSidedZ } from './normal.js';
export { metricsOfNormals, normalScores } from './normal-populations.js';
export { NumpyRandomState } from './numpy-random.js';
export { auprFromOneOfCounts, fprAtOodRecallOfCounts } from './openood-metrics.js';
export { type PhiloxKey, philox4x32, philoxWords } from './philox.js';
export { rankAverage } from './rank-average.js';
export { countGroups, type RankedScores, rankScores, type ScoreGroups } from './ranked-scores.js';
export { meanResidualLengths } from './residual-lengths.js';
export { augrcOfCounts, aurcOfCounts, excessAurcOfCounts, oscrOfCounts } from './risk-coverage.js';
export type { Rows } from './rows.js';
export { principalAxes, scatter } from './second-moment.js';
export { spearmanMatrix } from './spearman.js';
export { stratifiedDelong, stratifiedPaired } from './stratified-delong.js';
export { type SymmetricEigen, symmetricEigen, symmetricPseudoInverse } from './symmetric.js';
export { classMeans, tiedCovariance } from './tied-gaussian.js';
export { fitWeibull, type Weibull } from './weibull.js';
export { wilsonInterval } from './wilson.js';
