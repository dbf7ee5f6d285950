import { PREDICTIONS } from '@oodgrid/contract';
import { z } from 'zod';
import { defineArithmetic } from './method.js';
import { as1D } from './parts/shapes.js';

/**
 * No detector: the class that the model predicts (the first of equal logits) and the label, of each sample. What
 * says whether model, normalisation and labels belong together.
 */
export const predictions = defineArithmetic({
  name: PREDICTIONS.compute,
  revision: PREDICTIONS.revision,
  setting: z.object({}),
  needs: ({ logits }) => ({ taps: [logits] }),
  columns: () => PREDICTIONS.columns,
  score: ({ ops, facts, tap, labels }, column) =>
    column === 'label'
      ? labels()
      : ops.tidy(() => as1D(ops, ops.cast(ops.argMax(tap(facts.logits), 1), 'float32'))),
});
