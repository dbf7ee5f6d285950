import { OodError } from '@oodgrid/contract';
import { classMeans, symmetricPseudoInverse, tiedCovariance } from '@oodgrid/stats';
import type { Rows } from '../method.js';

/**
 * Means [classes, d] of the classes and the precision [d, d] that all share, float32. Throws where a class has no sample,
 * or where the precision does not fit into float32.
 */
export function tiedGaussian(
  layer: string,
  features: Rows,
  labels: Int32Array,
  classes: number,
): { readonly means: Float32Array; readonly precision: Float32Array } {
  const beyond = labels.find((label) => label >= classes);
  if (beyond !== undefined) {
    throw new OodError(
      'invalid-input',
      `the train set has label ${beyond}, but the model has ${classes} classes`,
    );
  }
  const { means, counts } = classMeans(features, labels, classes);
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new OodError(
      'invalid-input',
      `${layer}: the train set has no sample of class ${empty}; Mahalanobis needs every class`,
    );
  }
  const covariance = tiedCovariance(features, labels, means);
  const precision = Float32Array.from(symmetricPseudoInverse(covariance, features.columns));
  const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!precision.every(Number.isFinite) || (largest > 0 && precision.every((value) => value === 0))) {
    throw new OodError(
      'not-finite',
      `${layer}: the inverse of the features' covariance does not fit into float32: its largest entry is ${largest.toExponential(1)}, so the features are far too ${largest > 1 ? 'large' : 'small'}; check the weights and the normalisation`,
    );
  }
  return { means, precision };
}
