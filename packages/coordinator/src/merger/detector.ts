import { decisionFunction, fitLogisticCv, type LogisticCvFit, rocMetrics } from '@oodgrid/stats';

/** The protocol's detector: a logistic regression over a method's columns, ID labelled 1. */
export interface Detector {
  readonly d: number;
  readonly fit: LogisticCvFit;
}

/** `id` and `ood` are [n, d] features of valFit. */
export function fitDetector(id: Float32Array, ood: Float32Array, d: number): Detector {
  const features = new Float64Array(id.length + ood.length);
  features.set(id);
  features.set(ood, id.length);
  const labels = new Uint8Array(features.length / d).fill(1, 0, id.length / d);
  return { d, fit: fitLogisticCv({ features, labels, d }) };
}

/** Decision values w'x + b in float64: the ranking of the predicted probability, without its saturation. */
export function detectorScores({ d, fit }: Detector, features: Float32Array): Float64Array {
  return decisionFunction(Float64Array.from(features), d, fit);
}

/** TNR at 95 % TPR on valSelect: what hyper-parameters are chosen by. */
export function tnr95(detector: Detector, id: Float32Array, ood: Float32Array): number {
  return rocMetrics(detectorScores(detector, id), detectorScores(detector, ood)).tnr95;
}
