import { OodError } from '@oodgrid/contract';
import { symmetricPseudoInverse, tiedCovariance } from '@oodgrid/stats';
import type { FitContext, Rows, State } from '../method.js';
import { labelledMeans } from './labelled-means.js';

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
  const means = labelledMeans(layer, features, labels, classes);
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

/** The same as a fitted state of the penultimate features. */
export function tiedState(h: Rows, { facts: { penultimate, classes }, labels }: FitContext): State {
  const { means, precision } = tiedGaussian(penultimate, h, labels, classes);
  const d = h.columns;
  return { means: { shape: [classes, d], data: means }, precision: { shape: [d, d], data: precision } };
}
