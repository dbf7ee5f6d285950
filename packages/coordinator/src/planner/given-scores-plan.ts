import { GIVEN_SCORES, type MethodPlan } from '@oodgrid/contract';

const NOTHING_MORE = { forwards: 0, gradients: 0 };

/** The plan of every row whose scores were computed elsewhere: they are cut and measured as a method's that has nothing to choose. */
export const GIVEN_SCORES_PLAN: MethodPlan = {
  compute: GIVEN_SCORES.compute,
  revision: GIVEN_SCORES.revision,
  options: {},
  splitOrder: 'permuted',
  pass: 'forward',
  fit: 'none',
  candidates: [],
  fallbackCandidate: 0,
  columns: GIVEN_SCORES.columns,
  models: [],
  cost: { sweep: NOTHING_MORE, score: NOTHING_MORE },
};
