export { type BootstrapOptions, bootstrapMetrics } from './bootstrap.js';
export { type Point, prCurve, rocCurve, thinCurve } from './curves.js';
export { delongAuroc, delongPaired, type Interval, type PairedTest } from './delong.js';
export { decisionFunction, fitLogistic, type LabelledFeatures, type LogisticFit } from './logistic.js';
export { fitLogisticCv, LOGISTIC_CS, type LogisticCvFit, stratifiedFolds } from './logistic-cv.js';
export { METRIC_NAMES, type MetricName, type Metrics, rocMetrics } from './metrics.js';
export { normalCdf, twoSidedZ } from './normal.js';
export { NumpyRandomState } from './numpy-random.js';
export { type PhiloxKey, philox4x32, philoxWords } from './philox.js';
