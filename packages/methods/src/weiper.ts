import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { defineMethod, type FitContext, type State } from './method.js';
import { drawnNormals } from './parts/drawn-normals.js';
import { fitFeatures } from './parts/fit-features.js';
import { as1D, as2D, flatten } from './parts/shapes.js';

/** The authors' number of perturbed copies of W. */
const COPIES = 100;
/** Numbers that all copies may have: 1 GiB of float32. */
const MOST = 2 ** 28;

/** What each row of each copy is moved by, [copies * classes, d]: a direction by chance, as long as the row. */
function perturbations({ facts: { classes, features: d }, head: { weight } }: FitContext): State {
  const rows = COPIES * classes;
  if (rows * d > MOST)
    throw new OodError(
      'invalid-input',
      `weiper: ${COPIES} copies of the weights of ${classes} classes and ${d} features are more than 1 GiB; leave weiper out`,
    );
  const lengths = Array.from({ length: classes }, (_, c) =>
    Math.hypot(...weight.data.subarray(c * d, (c + 1) * d)),
  );
  const noise = drawnNormals(1, rows * d);
  const data = new Float32Array(rows * d);
  for (let row = 0; row < rows; row++) {
    const own = noise.subarray(row * d, (row + 1) * d);
    const factor = lengths[row % classes] / (Math.hypot(...own) || 1);
    for (const [j, value] of own.entries()) data[row * d + j] = value * factor;
  }
  return { noise: { shape: [rows, d], data } };
}

const distanceSchema = z.number().min(0).max(1000);

/** Max softmax, on average over heads whose weights are moved by chance: a sample of a class keeps its confidence. */
export const weiper = defineMethod({
  name: 'weiper',
  revision: 1,
  card: {
    title: 'WeiPer (MSP)',
    score:
      'mean over 100 copies of max softmax(z + delta N h), N as long as the rows of W, in directions by chance',
    cites: {
      authors: 'Maximilian Granz and Manuel Heurich and Tim Landgraf',
      title: 'WeiPer: OOD Detection using Weight Perturbations of Class Projections',
      year: 2024,
      proceedings: 'Advances in Neural Information Processing Systems',
      arxiv: '2405.17164',
      at: 'section 3',
    },
    cost: 'O(100 C D) a sample',
    quarrels: [
      "The paper's WeiPer+KLD adds divergences of histograms of features and perturbed logits; this is its perturbation with the softmax alone.",
      "The authors' code draws new perturbations for every batch, of test data too, so that its numbers differ from run to run; here they are drawn once, by a counter-based generator.",
    ],
  },
  config: z.strictObject({
    distances: z
      .array(distanceSchema)
      .min(1)
      .max(100)
      .default([1.8])
      .meta({ title: 'lengths delta of the perturbations, in lengths of the weights, to choose from' }),
  }),
  sweep: ({ distances }) => ({ settings: distances.map((distance) => ({ distance })), fallback: 0 }),
  setting: z.object({ distance: distanceSchema }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: fitFeatures((_, context) => perturbations(context)),
  score: ({ ops, facts, tap, state, once, setting: { distance } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [n, d] = h.shape;
      const moves = once('moves', () => {
        const noise = as2D(ops, state('noise'), COPIES * facts.classes, d);
        return ops.reshape(ops.matMul(h, noise, false, true), [n, COPIES, facts.classes]);
      });
      const z = ops.add(ops.reshape(tap(facts.logits), [n, 1, facts.classes]), ops.mul(moves, distance));
      const odds = ops.sum(ops.exp(ops.sub(z, ops.max(z, 2, true))), 2);
      return as1D(ops, ops.mean(ops.div(1, odds), 1));
    }),
});
