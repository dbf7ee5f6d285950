import type { CentredFeatures, LabelledFeatures } from './logistic.js';
import { Whitening } from './whitening.js';

/** Newton steps for one C; those of separable samples, whose coefficients grow with C, are ten or so. */
const MAX_STEPS = 40;
/** Largest change of the margins that leaves p(1 - p) 0.7 of its size. */
const MAX_CHANGE = 0.35;

/**
 * Returns the number of held samples that the logistic regression on `train` classifies correctly: what counting with `fitCentred` returns, without
 * fitting to the end. Each C starts where the one before stopped, and Newton's method stops as soon as it is settled on which
 * side of the border every held sample lies.
 *
 * The criterion: let H be the Hessian at b, g the gradient, l = |H^-1/2 g| Newton's decrement, and let no margin of a training
 * sample change by more than 0.35 within the ellipsoid |H^1/2 (v - b)| <= 3 l. There the Hessian is at least 0.7 H, so on its surface the
 * loss is above that at b by at least -l (3 l) + 0.7 (3 l)^2 / 2 > 0; it is convex, so its minimum lies inside, and the margin of x
 * there differs from that at b by at most 3 l |H^-1/2 x|. The ellipsoid is taken larger by what `fitCentred` may miss of the minimum.
 */
export class HeldCounts {
  readonly #train: CentredFeatures;
  readonly #held: LabelledFeatures;
  /** Samples of `train` among which is that with the largest |H^-1/2 x|, whatever H: it is convex in x, so in one column they are the ends. */
  readonly #farthest: Float64Array;
  /** Coefficients and intercept, of features that are centred as those of `train`. */
  readonly #beta: Float64Array;
  /** Derivatives of the log losses at `beta`, without C and without the penalty; the Hessian's lower triangle. */
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  readonly #whitening: Whitening;
  readonly #row: Float64Array;

  constructor(train: CentredFeatures, held: LabelledFeatures) {
    const { columns, data } = train.features;
    const size = columns + 1;
    this.#train = train;
    this.#held = held;
    this.#farthest = columns === 1 ? endsOf(data) : data;
    this.#beta = new Float64Array(size);
    this.#gradient = new Float64Array(size);
    this.#hessian = new Float64Array(size * size);
    this.#whitening = new Whitening(size);
    this.#row = new Float64Array(size);
    this.#sum();
  }

  /** Null where a held sample lies too near to the border to tell. */
  correct(c: number): number | null {
    const {
      labels,
      features: { columns: d },
    } = this.#train;
    const size = d + 1;
    // `fitCentred` goes on while its loss, at most C n log 2, falls by more than the rounding of a sum of n terms.
    const missed = Math.sqrt(32 * labels.length ** 2 * Number.EPSILON * c * Math.LN2 + 1e-20);
    const hessian = new Float64Array(size * size);
    const direction = new Float64Array(size);
    for (let step = 0; step < MAX_STEPS; step++) {
      for (let j = 0; j < size; j++) {
        direction[j] = c * this.#gradient[j] + (j < d ? this.#beta[j] : 0);
        for (let k = 0; k <= j; k++) {
          hessian[j * size + k] = c * this.#hessian[j * size + k] + (j === k && j < d ? 1 : 0);
        }
      }
      if (!this.#whitening.factorise(hessian)) break;
      const decrement = this.#whitening.whiten(direction);
      if (decrement < 1) {
        const settled = this.#settled(3 * decrement + missed);
        // Nothing is gained once the ellipsoid cannot become smaller.
        if (settled !== null || decrement < missed) return settled;
      }
      this.#whitening.solve(direction);
      for (let j = 0; j < size; j++) this.#beta[j] -= direction[j];
      if (!this.#beta.every(Number.isFinite)) break;
      this.#sum();
    }
    this.#beta.fill(0);
    this.#sum();
    return null;
  }

  /** The count for every fit within `radius` of `beta`; null where they may differ, or where the radius is too large to say. */
  #settled(radius: number): number | null {
    if (!(radius * this.#longest() <= MAX_CHANGE)) return null;
    const { means } = this.#train;
    const { features, labels } = this.#held;
    const { columns: d, data } = features;
    const row = this.#row;
    let correct = 0;
    for (let i = 0; i < labels.length; i++) {
      let z = this.#beta[d];
      let terms = Math.abs(z);
      for (let j = 0; j < d; j++) {
        const x = data[i * d + j];
        row[j] = x - means[j];
        z += this.#beta[j] * row[j];
        terms += Math.abs(this.#beta[j]) * (Math.abs(x) + Math.abs(means[j]));
      }
      row[d] = 1;
      // The second term is for rounding, here and in `decisionFunction`.
      if (!(Math.abs(z) > radius * this.#whitening.whiten(row) + 1e-12 * terms)) return null;
      if (z > 0 === (labels[i] === 1)) correct++;
    }
    return correct;
  }

  /** The largest |H^-1/2 x| of a training sample. */
  #longest(): number {
    const { columns: d } = this.#train.features;
    const row = this.#row;
    let longest = 0;
    for (let at = 0; at < this.#farthest.length; at += d) {
      for (let j = 0; j < d; j++) row[j] = this.#farthest[at + j];
      row[d] = 1;
      longest = Math.max(longest, this.#whitening.whiten(row));
    }
    return longest;
  }

  #sum(): void {
    const { features, labels } = this.#train;
    const { columns: d, data } = features;
    if (d === 1) {
      this.#sum1();
      return;
    }
    const size = d + 1;
    const beta = this.#beta;
    const gradient = this.#gradient.fill(0);
    const hessian = this.#hessian.fill(0);
    const row = this.#row;
    row[d] = 1;
    for (let i = 0; i < labels.length; i++) {
      let z = beta[d];
      for (let j = 0; j < d; j++) {
        row[j] = data[i * d + j];
        z += beta[j] * row[j];
      }
      const p = 1 / (1 + Math.exp(-z));
      const error = p - labels[i];
      const weight = p * (1 - p);
      for (let j = 0; j < size; j++) {
        gradient[j] += error * row[j];
        const weighted = weight * row[j];
        for (let k = 0; k <= j; k++) hessian[j * size + k] += weighted * row[k];
      }
    }
  }

  /** The same of one column, the most frequent case, without arrays. */
  #sum1(): void {
    const {
      labels,
      features: { data },
    } = this.#train;
    const [w, b] = this.#beta;
    let gradient0 = 0;
    let gradient1 = 0;
    let hessian00 = 0;
    let hessian01 = 0;
    let hessian11 = 0;
    for (let i = 0; i < labels.length; i++) {
      const x = data[i];
      const p = 1 / (1 + Math.exp(-(b + w * x)));
      const error = p - labels[i];
      const weight = p * (1 - p);
      gradient0 += error * x;
      gradient1 += error;
      hessian00 += weight * x * x;
      hessian01 += weight * x;
      hessian11 += weight;
    }
    this.#gradient.set([gradient0, gradient1]);
    this.#hessian.set([hessian00, 0, hessian01, hessian11]);
  }
}

function endsOf(values: Float64Array): Float64Array {
  let low = values[0];
  let high = values[0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Float64Array.of(low, high);
}
