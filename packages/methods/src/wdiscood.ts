import { symmetricEigen, tiedCovariance } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type FitContext, type Rows, type State } from './method.js';
import { columnMeans } from './parts/column-means.js';
import { fitLabelled } from './parts/fit-features.js';
import { labelledMeans } from './parts/labelled-means.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** a [rows, d] times b [d, d], float64. */
function product(a: Float64Array, rows: number, b: Float64Array, d: number): Float64Array {
  const result = new Float64Array(rows * d);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < d; k++) {
      const value = a[i * d + k];
      if (value === 0) continue;
      for (let j = 0; j < d; j++) result[i * d + j] = result[i * d + j] + value * b[k * d + j];
    }
  return result;
}

/** The symmetric inverse root of a covariance [d, d]; eigenvalues up to d 2^-52 of the largest are dropped. */
function inverseRoot(covariance: Float64Array, d: number): Float64Array {
  const { values, vectors } = symmetricEigen(covariance, d);
  const least = d * Number.EPSILON * Math.max(0, values[0]);
  const scaled = new Float64Array(d * d);
  for (const [k, value] of values.entries()) {
    if (value <= least) continue;
    for (let j = 0; j < d; j++) scaled[j * d + k] = vectors[k * d + j] / Math.sqrt(value);
  }
  return product(scaled, d, vectors, d);
}

/** Orthonormal axes [k, d] between class means [classes, d] that are whitened, those of the largest scatter first. */
function discriminants(
  means: Float64Array,
  classes: number,
  d: number,
): { axes: Float64Array; count: number } {
  const centre = Float64Array.from({ length: d }, (_, j) => {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += means[c * d + j];
    return sum / classes;
  });
  const off = means.map((value, i) => value - centre[i % d]);
  const scatter = new Float64Array(d * d);
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++)
        scatter[i * d + j] = scatter[i * d + j] + (off[c * d + i] * off[c * d + j]) / classes;
  const { values, vectors } = symmetricEigen(scatter, d);
  const least = d * 2 ** -40 * Math.max(0, values[0]);
  const count = Math.min(classes - 1, values.filter((value) => value > least).length);
  return { axes: vectors.slice(0, count * d), count };
}

function solve(features: Rows, { labels, facts }: FitContext): State {
  const { classes, penultimate: layer } = facts;
  const d = features.columns;
  const means = labelledMeans(layer, features, labels, classes);
  const whitening = inverseRoot(tiedCovariance(features, labels, means), d);
  const whitened = product(Float64Array.from(means), classes, whitening, d);
  const { axes, count } = discriminants(whitened, classes, d);
  // Rows of zeros where there is no discriminant, so that no shape depends on the data.
  const along = new Float64Array(classes * d);
  along.set(product(axes, count, whitening, d));
  const inside = new Float64Array(d * d);
  for (let k = 0; k < count; k++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) inside[i * d + j] = inside[i * d + j] + axes[k * d + i] * axes[k * d + j];
  const outside = inside.map((value, at) => (at % (d + 1) === 0 ? 1 : 0) - value);
  return {
    mean: { shape: [d], data: columnMeans(features) },
    means: { shape: [classes, d], data: means },
    discriminants: { shape: [classes, d], data: Float32Array.from(along) },
    residual: { shape: [d, d], data: Float32Array.from(product(outside, d, whitening, d)) },
  };
}

const weightSchema = z.number().min(0).max(1e6);

/** Distance to the closest class where classes are told apart, and to the centre of all where they are not, after whitening. */
export const wdiscood = defineMethod({
  name: 'wdiscood',
  revision: 1,
  card: {
    title: 'WDiscOOD',
    score:
      "-min over classes of ||G V (h - mu)|| - w ||(1 - G'G) V (h - mu_0)||, V whitens within classes, G the axes between their means",
    cites: {
      authors: 'Yiye Chen and Yunzhi Lin and Ruinian Xu and Patricio A. Vela',
      title: 'WDiscOOD: Out-of-Distribution Detection via Whitened Linear Discriminant Analysis',
      year: 2023,
      proceedings: 'IEEE/CVF International Conference on Computer Vision',
      arxiv: '2303.07543',
    },
    cost: 'O(D^2 + C^2) a sample; fit O(N D^2 + D^3)',
    quarrels: [
      'The code has no default for the weight w, which its runs tune for each network; here it is 1.',
      'All axes between class means are taken, C - 1 where so many exist; the code may be told a number.',
      "Once features are whitened the eigenvectors of the code's unsymmetric problem are those of the scatter between classes, which is symmetric and solved here.",
    ],
  },
  config: z.strictObject({
    weights: z
      .array(weightSchema)
      .min(1)
      .max(100)
      .default([1])
      .meta({ title: 'weights w of what lies outside, to choose from' }),
  }),
  sweep: ({ weights }) => ({ settings: weights.map((weight) => ({ weight })), fallback: 0 }),
  setting: z.object({ weight: weightSchema }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(solve),
  score: ({ ops, facts, tap, state, setting: { weight } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const along = as2D(ops, state('discriminants'), facts.classes, d);
      // Differences of features, not of products: float32 keeps its digits where features are large.
      const distances = ops.unstack(state('means')).map((mean) => {
        const off = as2D(ops, ops.sub(h, mean), n, d);
        return ops.norm(ops.matMul(off, along, false, true), 2, 1);
      });
      const off = as2D(ops, ops.sub(h, state('mean')), n, d);
      const outside = ops.norm(ops.matMul(off, as2D(ops, state('residual'), d, d), false, true), 2, 1);
      const nearest = ops.min(ops.stack(distances, 1), 1);
      return as1D(ops, ops.neg(ops.add(nearest, ops.mul(outside, weight))));
    }),
});
