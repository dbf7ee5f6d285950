import type { PlannedChoice } from '../planner/plan.js';
import { fitDetector, tnr95 } from './detector.js';
import { candidateColumns, splitRows } from './features.js';
import type { SeriesReader } from './unit-results.js';

export interface ChoiceOutcome {
  /** Position in the choice's candidates. */
  readonly candidate: number;
  readonly isFallback: boolean;
  readonly tnrOfCandidates: readonly number[];
}

/**
 * The candidate with the highest TNR at 95 % TPR on valSelect, the first in list order among equals; the
 * protocol's fallback when none is above 0.
 */
export function choose(choice: PlannedChoice, reader: SeriesReader): ChoiceOutcome {
  const { columns: d } = choice;
  const sides = {
    fitId: splitRows(choice.valFit.id, 'valFit', reader),
    fitOod: splitRows(choice.valFit.ood, 'valFit', reader),
    selectId: splitRows(choice.valSelect.id, 'valSelect', reader),
    selectOod: splitRows(choice.valSelect.ood, 'valSelect', reader),
  };
  const tnrOfCandidates: number[] = [];
  for (const candidate of choice.candidates.keys()) {
    const detector = fitDetector(
      candidateColumns(sides.fitId, candidate, d),
      candidateColumns(sides.fitOod, candidate, d),
      d,
    );
    const selectId = candidateColumns(sides.selectId, candidate, d);
    const selectOod = candidateColumns(sides.selectOod, candidate, d);
    tnrOfCandidates.push(tnr95(detector, selectId, selectOod));
  }
  const best = Math.max(...tnrOfCandidates);
  const isFallback = !(best > 0);
  return {
    candidate: isFallback ? choice.fallbackCandidate : tnrOfCandidates.indexOf(best),
    isFallback,
    tnrOfCandidates,
  };
}
