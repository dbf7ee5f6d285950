import type { Rows } from './rows.js';
import { solveSymmetric } from './solve-symmetric.js';

/** Samples with labels 1 (ID) or 0 (OOD). */
export interface LabelledFeatures {
  readonly features: Rows<Float64Array>;
  /** [rows]. */
  readonly labels: Uint8Array;
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
export function fitLogistic(data: LabelledFeatures, c: number): LogisticFit {
  return fitCentred(centred(data), c);
}

/** Samples whose features have mean 0: what every C of a cross-validation starts from. */
export interface CentredFeatures extends LabelledFeatures {
  readonly means: Float64Array;
}

export function centred({ features, labels }: LabelledFeatures): CentredFeatures {
  const { rows: n, columns: d, data } = features;
  const means = new Float64Array(d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) means[j] += data[row * d + j] / n;
  }
  const x = new Float64Array(n * d);
  for (let row = 0; row < n; row++) {
    for (let j = 0; j < d; j++) x[row * d + j] = data[row * d + j] - means[j];
  }
  return { features: { rows: n, columns: d, data: x }, labels, means };
}

/** `fitLogistic` of samples that are centred already. */
export function fitCentred({ features, labels, means }: CentredFeatures, c: number): LogisticFit {
  const { columns: d, data: x } = features;
  let beta: Float64Array = new Float64Array(d + 1);
  // Margins w'x + b at `beta`, and at the step that is tried.
  let z = new Float64Array(labels.length);
  let nextZ = new Float64Array(labels.length);
  let current = objective(x, labels, d, c, beta, z);
  for (let step = 0; step < MAX_STEPS; step++) {
    const { gradient, hessian } =
      d === 1 ? derivatives1(x, labels, c, beta, z) : derivatives(x, labels, d, c, beta, z);
    const direction = solveSymmetric(hessian, gradient, d + 1);
    let decrement = 0;
    for (let j = 0; j <= d; j++) decrement += gradient[j] * direction[j];
    if (!(decrement > 1e-22 * Math.max(1, current))) break;
    let scale = 1;
    let next = beta;
    let value = current;
    for (; scale > 1e-10; scale /= 2) {
      next = beta.map((b, j) => b - scale * direction[j]);
      value = objective(x, labels, d, c, next, nextZ);
      if (value <= current - 1e-4 * scale * decrement) break;
    }
    if (!(value < current)) break;
    beta = next;
    current = value;
    [z, nextZ] = [nextZ, z];
  }
  const coef = beta.slice(0, d);
  let intercept = beta[d];
  for (let j = 0; j < d; j++) intercept -= coef[j] * means[j];
  return { coef, intercept };
}

/** w'x + b of each row: ranks as the probability of ID does, without its saturation. */
export function decisionFunction(
  features: Rows<Float64Array>,
  { coef, intercept }: LogisticFit,
): Float64Array {
  const { rows, columns: d, data } = features;
  const out = new Float64Array(rows);
  for (let row = 0; row < out.length; row++) {
    let z = intercept;
    for (let j = 0; j < d; j++) z += coef[j] * data[row * d + j];
    out[row] = z;
  }
  return out;
}

/** The penalised loss; writes the rows' margins to `margins`. */
function objective(
  x: Float64Array,
  labels: Uint8Array,
  d: number,
  c: number,
  beta: Float64Array,
  margins: Float64Array,
): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    let z = beta[d];
    for (let j = 0; j < d; j++) z += beta[j] * x[row * d + j];
    margins[row] = z;
    const margin = labels[row] === 1 ? z : -z;
    loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
  }
  let penalty = 0;
  for (let j = 0; j < d; j++) penalty += beta[j] ** 2 / 2;
  return penalty + c * loss;
}

interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function derivatives(
  x: Float64Array,
  labels: Uint8Array,
  d: number,
  c: number,
  beta: Float64Array,
  margins: Float64Array,
): Derivatives {
  const size = d + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const row1 = new Float64Array(size).fill(1);
  for (let row = 0; row < labels.length; row++) {
    for (let j = 0; j < d; j++) row1[j] = x[row * d + j];
    const p = 1 / (1 + Math.exp(-margins[row]));
    const error = c * (p - labels[row]);
    const weight = c * p * (1 - p);
    for (let j = 0; j < size; j++) {
      const xj = row1[j];
      const weighted = weight * xj;
      gradient[j] += error * xj;
      for (let k = j; k < size; k++) {
        hessian[j * size + k] += weighted * row1[k];
      }
    }
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k < j; k++) hessian[j * size + k] = hessian[k * size + j];
    if (j < d) {
      gradient[j] += beta[j];
      hessian[j * size + j] += 1;
    }
  }
  return { gradient, hessian };
}

/** `derivatives` of one column, the most frequent case: the same sums in the same order, without arrays. */
function derivatives1(
  x: Float64Array,
  labels: Uint8Array,
  c: number,
  beta: Float64Array,
  margins: Float64Array,
): Derivatives {
  let gradient0 = 0;
  let gradient1 = 0;
  let hessian00 = 0;
  let hessian01 = 0;
  let hessian11 = 0;
  for (let row = 0; row < labels.length; row++) {
    const x0 = x[row];
    const p = 1 / (1 + Math.exp(-margins[row]));
    const error = c * (p - labels[row]);
    const weight = c * p * (1 - p);
    const weighted = weight * x0;
    gradient0 += error * x0;
    gradient1 += error;
    hessian00 += weighted * x0;
    hessian01 += weighted;
    hessian11 += weight;
  }
  return {
    gradient: Float64Array.of(gradient0 + beta[0], gradient1),
    hessian: Float64Array.of(hessian00 + 1, hessian01, hessian01, hessian11),
  };
}
