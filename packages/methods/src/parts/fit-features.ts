import type { Fit, FitContext, Rows, State } from '../method.js';
import { keepPenultimate } from './keep-penultimate.js';

/** Makes a state of the penultimate features [n, d] of the train set. */
type Solve = (h: Rows, context: FitContext) => State;

/** A fit on the penultimate features of the ID train set. */
export const fitFeatures = (solve: Solve): Fit => ({
  on: 'train',
  collect: keepPenultimate,
  solve: (kept, context) => solve(kept(context.facts.penultimate), context),
});

/** The same where labels are needed, and a sample of every class. */
export const fitLabelled = (solve: Solve): Fit => ({ ...fitFeatures(solve), needsLabels: 'every-class' });
