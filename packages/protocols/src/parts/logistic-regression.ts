import { OodError } from '@oodgrid/contract';
import { decisionFunction, fitLogisticCv, type Rows } from '@oodgrid/stats';
import type { Combination } from '../protocol.js';

/** Of its cross-validation: each has a sample of both sides. */
const FOLDS = 5;

/**
 * A logistic regression over a method's columns, ID labelled 1. Scores are its decision values w'x + b in float64: the ranking of
 * the predicted probability, without its saturation. `id` and `ood` have the same columns; scores [rows]. Throws `invalid-input` for fewer than
 * five samples of a side.
 */
export function logisticRegression(id: Rows, ood: Rows): Combination {
  if (Math.min(id.rows, ood.rows) < FOLDS) {
    throw new OodError(
      'invalid-input',
      `a logistic regression is fitted on ${FOLDS} samples of each side or more; the protocol cuts ${id.rows} of ID and ${ood.rows} of OOD for that`,
    );
  }
  const data = new Float64Array(id.data.length + ood.data.length);
  data.set(id.data);
  data.set(ood.data, id.data.length);
  const rows = id.rows + ood.rows;
  const labels = new Uint8Array(rows).fill(1, 0, id.rows);
  const fit = fitLogisticCv({ features: { rows, columns: id.columns, data }, labels });
  const { c, coef, intercept } = fit;
  return {
    kind: 'logistic-regression',
    parameters: { c, coef: [...coef], intercept },
    scores: (features) => decisionFunction({ ...features, data: Float64Array.from(features.data) }, fit),
  };
}
