import type { FitBatch, Tensor2D } from '../method.js';
import { flatten } from './shapes.js';

/** Returns the features and logits of a batch, under the taps' names. */
export const keepFeaturesAndLogits = ({ ops, facts, tap }: FitBatch): Readonly<Record<string, Tensor2D>> => ({
  [facts.penultimate]: flatten(ops, tap(facts.penultimate)),
  [facts.logits]: flatten(ops, tap(facts.logits)),
});
