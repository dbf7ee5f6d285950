import type { FitBatch, Tensor2D } from '../method.js';
import { flatten } from './shapes.js';

/** Returns the penultimate features of a batch, under the tap's name. */
export const keepPenultimate = ({ ops, facts, tap }: FitBatch): Readonly<Record<string, Tensor2D>> => ({
  [facts.penultimate]: flatten(ops, tap(facts.penultimate)),
});
