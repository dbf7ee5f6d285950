import { type Cell, OodError, sha256 } from '@oodgrid/protocol';
import { bootstrapMetrics, delongAuroc } from '@oodgrid/stats';
import type { PlannedCell, PlannedChoice } from '../planner/plan.js';
import type { ChoiceOutcome } from './choose.js';
import { detectorScores, fitDetector } from './detector.js';
import { cut, type Features, type Splits, sideFeatures } from './features.js';
import { scoresFile } from './scores-file.js';
import type { SeriesReader } from './unit-results.js';

/** Final scores of one side's test split; higher = more in-distribution. */
export interface TestScores {
  readonly scores: Float64Array;
  /** Position of each sample in the data set's file. */
  readonly indices: Uint32Array;
}

export interface MergedCell {
  readonly cell: Cell;
  readonly test: { readonly id: TestScores; readonly ood: TestScores };
  readonly features: { readonly id: Splits; readonly ood: Splits };
}

export interface MergeContext {
  readonly reader: SeriesReader;
  readonly choices: ReadonlyMap<string, { readonly choice: PlannedChoice; readonly outcome: ChoiceOutcome }>;
  readonly protocol: string;
  readonly seed: number;
  readonly bootstrapReplicates: number;
  secondsOf(cell: PlannedCell): number;
}

export function mergeCell(planned: PlannedCell, context: MergeContext): MergedCell {
  const made = planned.choice === null ? undefined : context.choices.get(planned.choice);
  if (planned.choice !== null && made === undefined)
    throw new OodError('internal', `"${planned.choice}" was never made`);
  const chosen = made === undefined ? null : { choice: made.choice, candidate: made.outcome.candidate };
  const id = sideFeatures(planned, 'id', chosen, context.reader);
  const whole = sideFeatures(planned, 'ood', chosen, context.reader);
  const ood = { ...whole, test: cut(whole.test, id.test.indices.length) };
  refuseNotFinite(planned, [id, ood]);
  const detector = fitDetector(id.valFit.values, ood.valFit.values, planned.columns);
  const score = ({ values, indices }: Features): TestScores => ({
    scores: detectorScores(detector, values),
    indices,
  });
  const test = { id: score(id.test), ood: score(ood.test) };
  const metrics = {
    ...bootstrapMetrics(test.id.scores, test.ood.scores, {
      seed: context.seed,
      replicates: context.bootstrapReplicates,
    }),
    auroc: withoutVariance(delongAuroc(test.id.scores, test.ood.scores)),
  };
  const { c, coef, intercept } = detector.fit;
  const cell: Cell = {
    method: planned.row,
    title: planned.title,
    id: planned.id,
    ood: planned.ood,
    model: planned.model,
    protocol: context.protocol,
    metrics,
    hyperparameters: {
      chosen: chosen === null ? null : { ...chosen.choice.candidates[chosen.candidate] },
      isFallback: made?.outcome.isFallback ?? false,
      tnrOfCandidates: [...(made?.outcome.tnrOfCandidates ?? [])],
      regression: { c, coef: [...coef], intercept },
    },
    counts: {
      valFitId: id.valFit.indices.length,
      valFitOod: ood.valFit.indices.length,
      valSelectId: id.valSelect.indices.length,
      valSelectOod: ood.valSelect.indices.length,
      testId: id.test.indices.length,
      testOod: ood.test.indices.length,
    },
    scores: { file: scoresFile(planned), id: digestOf(test.id.scores), ood: digestOf(test.ood.scores) },
    seconds: context.secondsOf(planned),
  };
  return { cell, test, features: { id, ood } };
}

function withoutVariance({ value, low, high }: { value: number; low: number; high: number }) {
  return { value, low, high };
}

function digestOf(scores: Float64Array) {
  return sha256(new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength));
}

/** Executors refuse it where it arises; here it would be ranked somewhere without anyone noticing. */
function refuseNotFinite({ row, id, ood, model }: PlannedCell, sides: readonly Splits[]): void {
  const isBroken = sides.some((side) =>
    Object.values(side).some(({ values }) => values.some((value) => !Number.isFinite(value))),
  );
  if (isBroken)
    throw new OodError('not-finite', `${row} on ${id} vs ${ood} with ${model}: a score is not finite`);
}
