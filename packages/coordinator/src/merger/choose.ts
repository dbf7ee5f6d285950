import { OodError } from '@oodgrid/contract';
import type { Protocol, Side } from '@oodgrid/protocols';
import type { Rows } from '@oodgrid/stats';
import type { PlannedChoice } from '../planner/plan.js';
import { candidateColumns, cutRows, pickRows, splitRows } from './features.js';
import type { SeriesReader } from './unit-results.js';

export interface ChoiceOutcome {
  /** Position in the choice's candidates. */
  readonly candidate: number;
  readonly isFallback: boolean;
  /** The protocol's criterion of each candidate. */
  readonly criteria: readonly number[];
}

/** The candidate that the protocol selects. Throws `internal` for a protocol that selects none. */
export function choose(choice: PlannedChoice, protocol: Protocol, reader: SeriesReader): ChoiceOutcome {
  const { selection } = protocol;
  if (selection === null) throw new OodError('internal', `protocol ${protocol.name} selects no setting`);
  const { columns, candidates, fallbackCandidate: fallback } = choice;
  const sides = (role: 'fit' | 'select') => ({
    id: splitRows(protocol, choice, role, 'id', reader),
    ood: splitRows(protocol, choice, role, 'ood', reader),
  });
  const select = sides('select');
  const { predictions } = choice;
  const splits = {
    fit: sides('fit'),
    select:
      predictions === undefined ? select : partedByRight(select.id, cutRows(protocol, predictions, reader)),
  };
  const rows = (role: 'fit' | 'select', side: Side, candidate: number) =>
    candidateColumns(splits[role][side], candidate, columns);
  const { candidate, isFallback, values } = selection.select({ candidates, fallback, rows });
  if (candidates[candidate] === undefined)
    throw new OodError(
      'internal',
      `protocol ${protocol.name} selects setting ${candidate} of ${candidates.length}`,
    );
  return { candidate, isFallback, criteria: [...values] };
}

/** ID samples that are classified rightly, and those that are not, which stand for OOD ones. `predictions`: [predicted, label] of each. */
function partedByRight(rows: Rows, predictions: Rows): Readonly<Record<Side, Rows>> {
  if (predictions.rows !== rows.rows || predictions.columns !== 2)
    throw new OodError('internal', `there are ${predictions.rows} predictions of ${rows.rows} samples`);
  const isRight = (row: number) => predictions.data[row * 2] === predictions.data[row * 2 + 1];
  const all = Uint32Array.from({ length: rows.rows }, (_, row) => row);
  const wrong = all.filter((row) => !isRight(row));
  return { id: pickRows(rows, all.filter(isRight)), ood: pickRows(rows, wrong) };
}
