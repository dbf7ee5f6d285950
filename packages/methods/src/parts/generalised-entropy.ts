import { z } from 'zod';
import type { Ops, Tensor, Tensor1D, Tensor2D } from '../method.js';
import { logSumExp } from './log-sum-exp.js';
import { as1D } from './shapes.js';

/** Exponents g, and how many of the largest probabilities count. */
const gamma = z.number().positive().max(10);
const top = z.number().int().min(1).max(100_000);
export const entropySetting = z.object({ gamma, top });
export const entropyOptions = {
  gammas: z
    .array(gamma)
    .min(1)
    .max(100)
    .default([0.1, 0.01, 0.5, 1, 2, 5, 10])
    .meta({ title: 'exponents g to choose from' }),
  top: top.default(100).meta({ title: 'how many of the largest probabilities count' }),
};
export const entropySweep = ({ gammas }: { readonly gammas: readonly number[] }) => ({
  settings: gammas.map((one) => ({ gamma: one })),
  fallback: 0,
});

/**
 * sum of p^g (1 - p)^g over the `top` largest p of softmax(z), [n]: GEN, eq. 2. From logarithms of z [n, classes] and of what the other classes
 * have, so that neither 1 - p of a saturated softmax nor p of an unlikely class is lost.
 */
export function generalisedEntropy(
  ops: Ops,
  z: Tensor2D,
  { gamma: g, top: most }: z.output<typeof entropySetting>,
): Tensor1D {
  const [n, classes] = z.shape;
  if (classes < 2) return ops.zeros([n]);
  return ops.tidy(() => {
    const sorted: Tensor2D = ops.topk(z, classes).values;
    const all: Tensor = ops.reshape(logSumExp(ops, sorted), [n, 1]);
    const largest = ops.reshape(logSumExp(ops, ops.slice(sorted, [0, 1], [n, classes - 1])), [n, 1]);
    // Of any but the largest, p is at most a half, and nothing is lost in 1 - p.
    const p = ops.exp(ops.sub(ops.slice(sorted, [0, 1], [n, classes - 1]), all));
    const others = ops.concat([ops.sub(largest, all), ops.log(ops.sub(1, p))], 1);
    const terms = ops.exp(ops.mul(ops.add(ops.sub(sorted, all), others), g));
    const count = Math.min(most, classes);
    return as1D(ops, ops.sum(ops.slice(terms, [0, 0], [n, count]), 1));
  });
}
