import { z } from 'zod';
import type { Batch, ModelFacts, Probe, Tensor } from '../method.js';
import { as1D } from './shapes.js';

/** A step size, and the softmax temperature of gradient and score. */
export const stepSetting = z.object({ magnitude: z.number(), temperature: z.number() });
export type StepSetting = z.output<typeof stepSetting>;

export const temperaturesOption = (fallback: number[]) =>
  z
    .array(z.number().positive().max(1e6))
    .min(1)
    .max(100)
    .default(fallback)
    .meta({ title: 'softmax temperatures to choose from' });

/** Gradients depend on the temperature alone, so one serves every magnitude. */
export const logitsProbe = (
  _column: string,
  { magnitude, temperature }: StepSetting,
  { logits }: ModelFacts,
): Probe => ({ key: `T${temperature}`, tap: logits, magnitude });

/** d(cross-entropy of softmax(z / T) with the predicted class)/dz, a mean over the batch. */
export const ownCrossEntropy = ({ ops, facts, tap, setting: { temperature } }: Batch<StepSetting>): Tensor =>
  ops.tidy(() => {
    const logits = tap(facts.logits);
    const [n = Number.NaN, classes = Number.NaN] = logits.shape;
    const label = ops.oneHot(as1D(ops, ops.argMax(logits, 1)), classes);
    const p = ops.softmax(ops.div(logits, temperature));
    return ops.div(ops.div(ops.sub(p, label), n), temperature);
  });
