import type { Fit, FitContext, Rows, State } from '../method.js';
import { keepPenultimate } from './keep-penultimate.js';
import { flatten } from './shapes.js';

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

/** A fit on the logits [n, classes] of the ID train set, which needs a sample of every class. */
export const fitLabelledLogits = (solve: Solve): Fit => ({
  on: 'train',
  needsLabels: 'every-class',
  collect: ({ ops, facts, tap }) => ({ [facts.logits]: flatten(ops, tap(facts.logits)) }),
  solve: (kept, context) => solve(kept(context.facts.logits), context),
});
