import { GIVEN_SCORES } from '@oodgrid/contract';
import { z } from 'zod';
import { defineArithmetic } from './method.js';
import { as1D } from './parts/shapes.js';

/** No detector: scores that were computed elsewhere, one for each sample of the set, in the order of its file. */
export const givenScores = defineArithmetic({
  name: GIVEN_SCORES.compute,
  revision: GIVEN_SCORES.revision,
  setting: z.object({}),
  needs: () => ({ taps: [] }),
  columns: () => GIVEN_SCORES.columns,
  score: ({ ops, state, indices }) =>
    ops.tidy(() => as1D(ops, ops.gather(state('scores'), ops.tensor1d(Int32Array.from(indices), 'int32')))),
});
