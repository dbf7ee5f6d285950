import { OodError } from '@oodgrid/protocol';
import { decisionFunction, fitLogisticCv, type Rows } from '@oodgrid/stats';
import type { Combination } from '../protocol.js';

/** Of its cross-validation: each has a sample of both sides. */
const FOLDS = 5;

/**
 * A logistic regression over a method's columns, ID labelled 1. Scores are its decision values w'x + b in float64: the ranking of
 * the predicted probability, without its saturation. `id` and `ood` [n, d]; scores [n]. Throws `invalid-input` for fewer than five samples of a side.
 */
export function logisticRegression(id: Rows, ood: Rows): Combination {
  if (Math.min(id.rows, ood.rows) < FOLDS) {
    throw new OodError(
      'invalid-input',
      `a logistic regression is fitted on ${FOLDS} samples of each side or more; the protocol cuts ${id.rows} of ID and ${ood.rows} of OOD for that`,
    );
  }
  const d = id.columns;
  const features = new Float64Array(id.data.length + ood.data.length);
  features.set(id.data);
  features.set(ood.data, id.data.length);
  const labels = new Uint8Array(id.rows + ood.rows).fill(1, 0, id.rows);
  const fit = fitLogisticCv({ features, labels, d });
  const { c, coef, intercept } = fit;
  return {
    kind: 'logistic-regression',
    parameters: { c, coef: [...coef], intercept },
    scores: ({ data }) => decisionFunction(Float64Array.from(data), d, fit),
  };
}
