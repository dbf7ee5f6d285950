import { solveSymmetric } from './solve-symmetric.js';

/** Samples row-major [n, d] with labels 1 (ID) or 0 (OOD). */
export interface LabelledFeatures {
  readonly features: Float64Array;
  readonly labels: Uint8Array;
  readonly d: number;
}

export interface LogisticFit {
  readonly coef: Float64Array;
  readonly intercept: number;
}

const MAX_STEPS = 500;

/**
 * Minimises 1/2 w'w + C * sum(log loss), intercept unpenalised, to convergence by Newton's method with a
 * line search. Features are centred first, which changes nothing in the optimum but the numbers' range.
 */
export function fitLogistic({ features, labels, d }: LabelledFeatures, c: number): LogisticFit {
  const n = labels.length;
  const means = new Float64Array(d);
  for (let i = 0; i < n * d; i++) means[i % d] = (means[i % d] ?? 0) + (features[i] ?? 0) / n;
  const x = features.map((value, i) => value - (means[i % d] ?? 0));
  let beta: Float64Array = new Float64Array(d + 1);
  let current = objective(x, labels, d, c, beta);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } = derivatives(x, labels, d, c, beta);
    const direction = solveSymmetric(hessian, gradient, d + 1);
    let decrement = 0;
    for (let j = 0; j <= d; j++) decrement += (gradient[j] ?? 0) * (direction[j] ?? 0);
    if (!(decrement > 1e-22 * Math.max(1, current))) break;
    let scale = 1;
    let next = beta;
    let value = current;
    for (; scale > 1e-10; scale /= 2) {
      next = beta.map((b, j) => b - scale * (direction[j] ?? 0));
      value = objective(x, labels, d, c, next);
      if (value <= current - 1e-4 * scale * decrement) break;
    }
    if (!(value < current)) break;
    beta = next;
    current = value;
  }
  const coef = beta.slice(0, d);
  let intercept = beta[d] ?? 0;
  for (let j = 0; j < d; j++) intercept -= (coef[j] ?? 0) * (means[j] ?? 0);
  return { coef, intercept };
}

/** w'x + b of each row: ranks as the probability of ID does, without its saturation. */
export function decisionFunction(
  features: Float64Array,
  d: number,
  { coef, intercept }: LogisticFit,
): Float64Array {
  const out = new Float64Array(features.length / d);
  for (let row = 0; row < out.length; row++) {
    let z = intercept;
    for (let j = 0; j < d; j++) z += (coef[j] ?? 0) * (features[row * d + j] ?? 0);
    out[row] = z;
  }
  return out;
}

function linear(x: Float64Array, d: number, beta: Float64Array, row: number): number {
  let z = beta[d] ?? 0;
  for (let j = 0; j < d; j++) z += (beta[j] ?? 0) * (x[row * d + j] ?? 0);
  return z;
}

function objective(x: Float64Array, labels: Uint8Array, d: number, c: number, beta: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const z = linear(x, d, beta, row);
    const margin = labels[row] === 1 ? z : -z;
    loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
  }
  let penalty = 0;
  for (let j = 0; j < d; j++) penalty += (beta[j] ?? 0) ** 2 / 2;
  return penalty + c * loss;
}

function derivatives(x: Float64Array, labels: Uint8Array, d: number, c: number, beta: Float64Array) {
  const size = d + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row1 = new Float64Array(size).fill(1);
  for (let row = 0; row < labels.length; row++) {
    for (let j = 0; j < d; j++) row1[j] = x[row * d + j] ?? 0;
    const p = 1 / (1 + Math.exp(-linear(x, d, beta, row)));
    const error = c * (p - (labels[row] ?? 0));
    const weight = c * p * (1 - p);
    for (let j = 0; j < size; j++) {
      const xj = row1[j] ?? 0;
      gradient[j] = (gradient[j] ?? 0) + error * xj;
      for (let k = j; k < size; k++) {
        hessian[j * size + k] = (hessian[j * size + k] ?? 0) + weight * xj * (row1[k] ?? 0);
      }
    }
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) hessian[j * size + k] = hessian[k * size + j] ?? 0;
    if (j < d) {
      gradient[j] = (gradient[j] ?? 0) + (beta[j] ?? 0);
      hessian[j * size + j] = (hessian[j * size + j] ?? 0) + 1;
    }
  }
  return { gradient, hessian };
}
