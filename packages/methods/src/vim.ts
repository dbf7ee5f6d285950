import { OodError } from '@oodgrid/contract';
import { meanResidualLengths, minimumNormSolution, principalAxes, type SymmetricEigen } from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Rows } from './method.js';
import { logSumExp } from './parts/log-sum-exp.js';
import { flatten } from './parts/shapes.js';

/** The authors' choice by the number of features. */
const usualDims = (features: number): number => {
  if (features >= 2048) return 1000;
  return features >= 768 ? 512 : Math.max(1, Math.floor(features / 2));
};

/**
 * Returns the number of axes that the train features fill: along further ones their root mean square is within float32 rounding,
 * d^1/2 2^-23, of that along the first. A residual of such axes alone is noise, and alpha would scale it up to any size.
 */
const filledAxes = ({ values }: SymmetricEigen): number =>
  values.filter((value) => value > values.length * 2 ** -46 * values[0]).length;

function meanLargest({ rows, columns, data }: Rows): number {
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += data.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b));
  return sum / rows;
}

/** Energy less the scaled length of what the features have outside the principal space of the train set. */
export const vim = defineMethod({
  name: 'vim',
  revision: 1,
  card: {
    title: 'ViM',
    score: 'logsumexp(z) - alpha ||R (h - u)||, u = -pinv(W) b, R the axes beyond the principal ones',
    cost: 'O(D^2) a sample; fit O(N D^2 + D^3)',
    cites: {
      authors: 'Haoqi Wang and Zhizhong Li and Litong Feng and Wayne Zhang',
      title: 'ViM: Out-Of-Distribution with Virtual-logit Matching',
      year: 2022,
      proceedings: 'IEEE/CVF Conference on Computer Vision and Pattern Recognition',
      arxiv: '2203.10807',
      at: 'section 4',
    },
  },
  config: z.strictObject({
    dims: z.array(z.number().int().min(1).max(100_000)).min(1).max(100).optional().meta({
      title:
        'dimensions of the principal space to choose from; by the number of features D where left out: 1000 from 2048 on, 512 from 768 on, else D/2',
    }),
  }),
  sweep: ({ dims }, { features }) => {
    const beyond = dims?.find((dim) => dim >= features);
    if (beyond !== undefined)
      throw new OodError(
        'invalid-input',
        `"dims" has ${beyond}, but the model has ${features} features, of which none would be left outside: give dims below ${features}`,
      );
    return { settings: (dims ?? [usualDims(features)]).map((dim) => ({ dim })), fallback: 0 };
  },
  setting: z.object({ dim: z.number().int().min(1) }),
  needs: ({ penultimate, logits }) => ({ taps: [penultimate, logits], head: true }),
  fit: {
    on: 'train',
    collect: ({ ops, facts, tap }) => ({
      [facts.penultimate]: flatten(ops, tap(facts.penultimate)),
      [facts.logits]: flatten(ops, tap(facts.logits)),
    }),
    solve: (kept, { facts, head }) => {
      const h = kept(facts.penultimate);
      const d = h.columns;
      const origin = minimumNormSolution(head.weight, head.bias).map((value) => -value);
      const axes = principalAxes(h, origin);
      const filled = filledAxes(axes);
      const largest = meanLargest(kept(facts.logits));
      const alpha = meanResidualLengths(h, origin, axes.vectors).map((mean, dim) =>
        dim < filled ? largest / mean : 0,
      );
      return {
        origin: { shape: [d], data: Float32Array.from(origin) },
        axes: { shape: [d, d], data: Float32Array.from(axes.vectors) },
        alpha: { shape: [d], data: Float32Array.from(alpha) },
        filled: { shape: [1], data: Float32Array.of(filled) },
      };
    },
  },
  score: ({ ops, facts, tap, state, setting: { dim } }) =>
    ops.tidy(() => {
      const h = flatten(ops, tap(facts.penultimate));
      const [, d] = h.shape;
      const filled = state('filled').dataSync()[0];
      if (dim >= filled)
        throw new OodError(
          'invalid-input',
          `vim: "dims" has ${dim}, but the train features of model "${facts.name}" fill only ${filled} of ${d} dimensions, so nothing is left outside; ${filled > 1 ? `give dims below ${filled}` : 'leave vim out, or check the features'}`,
        );
      const beyond = ops.slice(state('axes'), [dim, 0], [d - dim, d]);
      const residual = ops.matMul(ops.sub(h, state('origin')), beyond, false, true);
      const length = ops.sqrt(ops.sum(ops.square(residual), 1));
      return ops.sub(
        logSumExp(ops, tap(facts.logits)),
        ops.mul(length, ops.slice(state('alpha'), [dim], [1])),
      );
    }),
});
