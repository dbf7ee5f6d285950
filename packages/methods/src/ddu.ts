import { OodError } from '@oodgrid/contract';
import { classCovariance, inverseCholesky } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type FitContext, type Rows, type State } from './method.js';
import { fitLabelled } from './parts/fit-features.js';
import { labelledMeans } from './parts/labelled-means.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** What is added to every variance, as a share of their mean: without it a class of fewer samples than features has no density. */
const RIDGE = 1e-6;
/** Numbers that the whitening of all classes may have: 1 GiB of float32. */
const MOST = 2 ** 28;

/** Of each class: mean, L^-1 of its covariance L L' with the ridge, log of the density's largest value, and log of its share. */
function gaussians(features: Rows, { labels, facts }: FitContext): State {
  const { classes, penultimate: layer } = facts;
  const d = features.columns;
  if (classes * d * d > MOST)
    throw new OodError(
      'invalid-input',
      `ddu: a covariance for each of ${classes} classes of ${d} features is more than 1 GiB; leave ddu out`,
    );
  const means = labelledMeans(layer, features, labels, classes);
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (const [row, label] of labels.entries()) members[label]?.push(row);
  const covariances = members.map((rows, c) =>
    classCovariance(features, rows, means.subarray(c * d, (c + 1) * d)),
  );
  const ridge = RIDGE * (meanVariance(covariances, d) || 1);
  const whitening = new Float32Array(classes * d * d);
  const peaks = covariances.map((covariance, c) => {
    for (let j = 0; j < d; j++) covariance[j * d + j] += ridge;
    const factor = inverseCholesky(covariance, d);
    if (factor === undefined)
      throw new OodError(
        'not-finite',
        `${layer}: the covariance of class ${c} cannot be inverted; check the features`,
      );
    whitening.set(factor.inverse, c * d * d);
    return -0.5 * (factor.logDeterminant + d * Math.log(2 * Math.PI));
  });
  return {
    means: { shape: [classes, d], data: means },
    whitening: { shape: [classes, d, d], data: whitening },
    peaks: { shape: [classes], data: Float32Array.from(peaks) },
    shares: {
      shape: [classes],
      data: Float32Array.from(members, ({ length }) => Math.log(length / labels.length)),
    },
  };
}

function meanVariance(covariances: readonly Float64Array[], d: number): number {
  const sum = covariances.reduce((all, one) => {
    for (let j = 0; j < d; j++) all += one[j * d + j];
    return all;
  }, 0);
  return sum / (covariances.length * d);
}

const combineSchema = z.enum(['sum', 'max']);

/** Density of the features under a Gaussian for each class, each with a covariance of its own. */
export const ddu = defineMethod({
  name: 'ddu',
  revision: 1,
  card: {
    title: 'DDU',
    score:
      'logsumexp over classes of log N(h; mu_c, S_c), or their max; with log shares of the classes where asked for',
    cites: {
      authors:
        'Jishnu Mukhoti and Andreas Kirsch and Joost van Amersfoort and Philip H.S. Torr and Yarin Gal',
      title: 'Deep Deterministic Uncertainty: A Simple Baseline',
      year: 2021,
      arxiv: '2102.11582',
    },
    cost: 'O(C D^2) a sample; fit O(N D^2 + C D^3)',
    quarrels: [
      "The authors' code adds the smallest of a list of constants that lets every class factorise, and divides by n - 1; here 1e-6 of the mean variance is always added, and covariances are divided by n.",
      'Classes weigh the same there; pytorch-ood weighs them by their share (`prior`), and adds 1e-6 whatever the size of the features. The code of Mahalanobis++ takes the largest class (`combine: max`).',
      'A class has to have more samples than features; with fewer the added constant decides.',
      "The paper's network is trained with spectral normalisation; the score is of any.",
    ],
  },
  config: z.strictObject({
    combine: combineSchema
      .default('sum')
      .meta({ title: 'whether densities of classes are summed, or the largest is taken' }),
    prior: z
      .boolean()
      .default(false)
      .meta({ title: 'whether classes weigh as much as their share of the train set' }),
  }),
  constants: ({ combine, prior }) => ({ combine, prior }),
  setting: z.object({ combine: combineSchema, prior: z.boolean() }),
  needs: ({ penultimate }) => ({ taps: [penultimate] }),
  fit: fitLabelled(gaussians),
  score: ({ ops, facts, tap, state, setting: { combine, prior } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const whitening = ops.unstack(state('whitening'));
      const distances = ops.unstack(state('means')).map((mean, c) => {
        const off = as2D(ops, ops.sub(h, mean), n, d);
        const white = whitening[c];
        if (white === undefined) throw new OodError('internal', 'ddu has a whitening for each mean');
        return ops.sum(ops.square(ops.matMul(off, as2D(ops, white, d, d), false, true)), 1);
      });
      const logs = ops.add(ops.mul(ops.stack(distances, 1), -0.5), state('peaks'));
      const weighed = prior ? ops.add(logs, state('shares')) : logs;
      return combine === 'sum' ? logSumExp(ops, weighed) : as1D(ops, ops.max(weighed, 1));
    }),
});
