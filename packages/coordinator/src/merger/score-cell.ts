import { OodError } from '@oodgrid/protocol';
import { type RankedScores, rankScores } from '@oodgrid/stats';
import type { PlannedCell, PlannedChoice } from '../planner/plan.js';
import type { ChoiceOutcome } from './choose.js';
import { type Detector, detectorScores, fitDetector } from './detector.js';
import { cut, type Features, type Splits, sideFeatures } from './features.js';
import type { SeriesReader } from './unit-results.js';

/** Final scores of one side's test split; higher = more in-distribution. */
export interface TestScores {
  readonly scores: Float64Array;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
}

export interface MadeChoice {
  readonly choice: PlannedChoice;
  readonly outcome: ChoiceOutcome;
}

/** A cell whose samples have their final scores, sorted: what its metrics, intervals and paired tests are made from. */
export interface ScoredCell {
  readonly planned: PlannedCell;
  readonly made: MadeChoice | undefined;
  readonly fit: Detector['fit'];
  readonly test: { readonly id: TestScores; readonly ood: TestScores };
  readonly features: { readonly id: Splits; readonly ood: Splits };
  readonly ranked: RankedScores;
}

/** Fits the cell's detector on valFit, and scores and sorts its test samples. */
export function scoreCell(
  planned: PlannedCell,
  choices: ReadonlyMap<string, MadeChoice>,
  reader: SeriesReader,
): ScoredCell {
  const made = planned.choice === null ? undefined : choices.get(planned.choice);
  if (planned.choice !== null && made === undefined)
    throw new OodError('internal', `"${planned.choice}" was never made`);
  const chosen = made === undefined ? null : { choice: made.choice, candidate: made.outcome.candidate };
  const id = sideFeatures(planned, 'id', chosen, reader);
  const whole = sideFeatures(planned, 'ood', chosen, reader);
  const ood = { ...whole, test: cut(whole.test, id.test.indices.length) };
  refuseNotFinite(planned, [id, ood]);
  const detector = fitDetector(id.valFit.values, ood.valFit.values, planned.columns);
  const score = ({ values, indices }: Features): TestScores => ({
    scores: detectorScores(detector, values),
    indices,
  });
  const test = { id: score(id.test), ood: score(ood.test) };
  const ranked = rankScores(test.id.scores, test.ood.scores);
  return { planned, made, fit: detector.fit, test, features: { id, ood }, ranked };
}

/** Executors refuse it where it arises; here it would be ranked somewhere without anyone noticing. */
function refuseNotFinite({ row, id, ood, model }: PlannedCell, sides: readonly Splits[]): void {
  const isBroken = sides.some((side) =>
    Object.values(side).some(({ values }) => values.some((value) => !Number.isFinite(value))),
  );
  if (isBroken)
    throw new OodError('not-finite', `${row} on ${id} vs ${ood} with ${model}: a score is not finite`);
}
