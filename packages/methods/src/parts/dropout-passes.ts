import { z } from 'zod';
import type { Batch, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

const passes = z.number().int().min(1).max(10_000);

/** The parts of a method whose only choice is the number of stochastic passes. */
export const STOCHASTIC = {
  config: z.strictObject({ passes: passes.default(32).meta({ title: 'stochastic passes per sample' }) }),
  constants: (config: { readonly passes: number }) => ({ passes: config.passes }),
  setting: z.object({ passes }),
  needs: () => ({ taps: [], dropout: true }) as const,
  passes: (setting: { readonly passes: number }) => setting.passes,
};

/** Mean over a sample's stochastic passes of what is made of the logits [n, classes] of each, [n, k]. */
export function meanOverPasses(
  { ops, dropoutLogits, setting }: Batch<{ readonly passes: number }>,
  of: (logits: Tensor2D) => Tensor2D,
): Tensor2D {
  let sum: Tensor2D = as2D(ops, ops.zeros([1, 1]), 1, 1);
  for (const logits of dropoutLogits(setting.passes)) {
    const next = ops.tidy(() => ops.add<Tensor2D>(sum, of(logits)));
    ops.dispose([sum, logits]);
    sum = next;
  }
  return ops.tidy(() => ops.div<Tensor2D>(sum, setting.passes));
}
