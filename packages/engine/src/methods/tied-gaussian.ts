import type { Labels } from '@oodgrid/datasets';
import { OodError } from '@oodgrid/protocol';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { firstNotFinite } from '../finite.js';

/**
 * Class means and one covariance shared by all classes, from float32 features collected batch by batch;
 * all sums in float64, in sample order. The covariance is that of the class-centred features, centred
 * again by their own mean and divided by N, as scikit-learn's EmpiricalCovariance has it.
 */
export class TiedGaussian {
  readonly width: number;
  readonly #classes: number;
  readonly #features: Float32Array[] = [];
  readonly #labels: Labels[] = [];

  constructor(classes: number, width: number) {
    this.#classes = classes;
    this.width = width;
  }

  /** `features` [n, width] row-major, `labels` [n]. */
  add(features: Float32Array, labels: Labels): void {
    this.#features.push(features);
    this.#labels.push(labels);
  }

  /** Means [classes, width] and precision [width, width], both float32. Throws when a class has no sample. */
  fit(layer: string): { means: Float32Array; precision: Float32Array } {
    const means = this.#classMeans(layer);
    const covariance = this.#covariance(means);
    const precision = Float32Array.from(pseudoInverse(covariance, this.width));
    const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (firstNotFinite(precision) >= 0 || (largest > 0 && precision.every((value) => value === 0))) {
      throw new OodError(
        'not-finite',
        `${layer}: the inverse of the features' covariance does not fit into float32: its largest entry is ${largest.toExponential(1)}, so the features are far too ${largest > 1 ? 'large' : 'small'}; check the weights and the normalisation`,
      );
    }
    return { means, precision };
  }

  #classMeans(layer: string): Float32Array {
    const { width } = this;
    const sums = new Float64Array(this.#classes * width);
    const counts = new Float64Array(this.#classes);
    this.#forEachRow((features, row, label) => {
      if (label >= this.#classes) {
        throw new OodError(
          'invalid-input',
          `the train set has label ${label}, but the model has ${this.#classes} classes`,
        );
      }
      counts[label] = (counts[label] ?? 0) + 1;
      for (let j = 0; j < width; j++) {
        sums[label * width + j] = (sums[label * width + j] ?? 0) + (features[row * width + j] ?? 0);
      }
    });
    const empty = counts.indexOf(0);
    if (empty >= 0) {
      throw new OodError(
        'invalid-input',
        `${layer}: the train set has no sample of class ${empty}; Mahalanobis needs every class`,
      );
    }
    return Float32Array.from(sums, (sum, i) => sum / (counts[Math.floor(i / width)] ?? 1));
  }

  #covariance(means: Float32Array): Float64Array {
    const { width } = this;
    const total = new Float64Array(width);
    const products = new Float64Array(width * width);
    const z = new Float64Array(width);
    let count = 0;
    const centre = (features: Float32Array, row: number, label: number) => {
      for (let j = 0; j < width; j++) {
        z[j] = Math.fround((features[row * width + j] ?? 0) - (means[label * width + j] ?? 0));
      }
    };
    this.#forEachRow((features, row, label) => {
      centre(features, row, label);
      for (let j = 0; j < width; j++) total[j] = (total[j] ?? 0) + (z[j] ?? 0);
      count++;
    });
    for (let j = 0; j < width; j++) total[j] = (total[j] ?? 0) / count;
    this.#forEachRow((features, row, label) => {
      centre(features, row, label);
      for (let j = 0; j < width; j++) z[j] = (z[j] ?? 0) - (total[j] ?? 0);
      for (let i = 0; i < width; i++) {
        const zi = z[i] ?? 0;
        if (zi === 0) continue;
        for (let j = i; j < width; j++)
          products[i * width + j] = (products[i * width + j] ?? 0) + zi * (z[j] ?? 0);
      }
    });
    for (let i = 0; i < width; i++) {
      for (let j = i; j < width; j++) {
        const value = (products[i * width + j] ?? 0) / count;
        products[i * width + j] = value;
        products[j * width + i] = value;
      }
    }
    return products;
  }

  #forEachRow(visit: (features: Float32Array, row: number, label: number) => void): void {
    for (const [batch, features] of this.#features.entries()) {
      const labels = this.#labels[batch] ?? new Uint8Array();
      for (let row = 0; row < labels.length; row++) visit(features, row, labels[row] ?? 0);
    }
  }
}

/**
 * Symmetric pseudo-inverse [d, d]: eigenvalues with |lambda| <= d * 2^-52 * lambda_max are dropped, as
 * SciPy's pinvh does. Dead units make real layers rank-deficient, so the cut-off matters.
 */
export function pseudoInverse(matrix: Float64Array, d: number): Float64Array {
  const square = Matrix.from1DArray(d, d, matrix);
  const { realEigenvalues: lambda, eigenvectorMatrix: v } = new EigenvalueDecomposition(square, {
    assumeSymmetric: true,
  });
  const largest = Math.max(...lambda.map(Math.abs));
  const scaled = v.clone();
  for (const [k, value] of lambda.entries()) {
    scaled.mulColumn(k, Math.abs(value) <= d * Number.EPSILON * largest ? 0 : 1 / value);
  }
  return Float64Array.from(scaled.mmul(v.transpose()).to1DArray());
}
