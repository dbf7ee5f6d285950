import { OodError } from '@oodgrid/contract';
import type { Combination, Protocol } from '@oodgrid/protocols';
import { type RankedScores, type Rows, rankAverage, rankScores } from '@oodgrid/stats';
import type { PlannedCell, PlannedChoice } from '../planner/plan.js';
import type { ChoiceOutcome } from './choose.js';
import { cut, cutRows, type Features, idFeatures, type Splits, sideFeatures } from './features.js';
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
  readonly combination: Pick<Combination, 'kind' | 'parameters'>;
  readonly test: { readonly id: TestScores; readonly ood: TestScores };
  readonly features: { readonly id: Splits; readonly ood: Splits };
  readonly ranked: RankedScores;
  /** 1 for each ID test sample that is classified wrongly; absent where nobody asks. */
  readonly isWrong?: Uint8Array;
}

/** Combines the cell's columns as the protocol does, and scores and sorts its test samples. */
export function scoreCell(
  protocol: Protocol,
  planned: PlannedCell,
  choices: ReadonlyMap<string, MadeChoice>,
  reader: SeriesReader,
): ScoredCell {
  const { members } = planned;
  if (members !== undefined)
    return ensembleOf(
      planned,
      members.map((member) => scoreCell(protocol, member, choices, reader)),
    );
  const made = planned.choice === null ? undefined : choices.get(planned.choice);
  if (planned.choice !== null && made === undefined)
    throw new OodError('internal', `"${planned.choice}" was never made`);
  const chosen = made === undefined ? null : { choice: made.choice, candidate: made.outcome.candidate };
  const id = idFeatures(protocol, planned, chosen, reader);
  const whole = sideFeatures(protocol, planned, 'ood', chosen, reader);
  const kept = protocol.keptOod(id.test.indices.length, whole.test.indices.length);
  const ood = { ...whole, test: cut(whole.test, kept) };
  refuseNotFinite(planned, [id, ood]);
  const combination = protocol.combine(id.fit, ood.fit);
  const score = (features: Features): TestScores => ({
    scores: combination.scores(features),
    indices: features.indices,
  });
  const test = { id: score(id.test), ood: score(ood.test) };
  const ranked = rankScores(test.id.scores, test.ood.scores);
  const { predictions, shifted = [] } = planned;
  const known =
    predictions === undefined
      ? {}
      : {
          isWrong: wrongOf(
            [predictions, ...shifted.flatMap((one) => one.predictions ?? [])].map((one) =>
              cutRows(protocol, one, reader),
            ),
            test.id,
          ),
        };
  return { planned, made, combination, test, features: { id, ood }, ranked, ...known };
}

/** A cell of the members' mean ranks; its columns are the members' final scores, on test samples alone. */
function ensembleOf(planned: PlannedCell, members: readonly ScoredCell[]): ScoredCell {
  const [first] = members;
  if (first === undefined) throw new OodError('internal', `${planned.row} is an ensemble of nothing`);
  const mean = rankAverage(members.map(({ ranked }) => ranked));
  const side = (name: 'id' | 'ood') => {
    const { indices } = first.test[name];
    const own = members.map(({ test }) => test[name]);
    if (own.some((one) => one.indices.some((index, row) => index !== indices[row])))
      throw new OodError('internal', `${planned.row}: its members are tested on different samples`);
    const columns = own.length;
    const data = new Float32Array(indices.length * columns);
    for (const [j, { scores }] of own.entries())
      for (const [row, score] of scores.entries()) data[row * columns + j] = score;
    const none: Features = { rows: 0, columns, data: new Float32Array(), indices: new Uint32Array() };
    const test: Features = { rows: indices.length, columns, data, indices };
    return { test: { scores: mean[name], indices }, features: { fit: none, select: none, test } };
  };
  const [id, ood] = [side('id'), side('ood')];
  const { isWrong } = first;
  return {
    planned,
    made: undefined,
    combination: { kind: 'rank-average', parameters: {} },
    test: { id: id.test, ood: ood.test },
    features: { id: id.features, ood: ood.features },
    ranked: rankScores(mean.id, mean.ood),
    ...(isWrong === undefined ? {} : { isWrong }),
  };
}

/** From [predicted, label] of each test sample, in the order of its scores. */
function wrongOf(parts: readonly Rows[], { scores }: TestScores): Uint8Array {
  const all = parts.flatMap(({ rows, columns, data }) =>
    columns === 2
      ? Array.from({ length: rows }, (_, row) => (data[2 * row] === data[2 * row + 1] ? 0 : 1))
      : [],
  );
  if (all.length !== scores.length)
    throw new OodError('internal', `there are ${all.length} predictions of ${scores.length} test samples`);
  return Uint8Array.from(all);
}

/** Executors refuse it where it arises; here it would be ranked somewhere without anyone noticing. */
function refuseNotFinite({ row, id, ood, model }: PlannedCell, sides: readonly Splits[]): void {
  const isBroken = sides.some((side) =>
    Object.values(side).some(({ data }) => data.some((value) => !Number.isFinite(value))),
  );
  if (isBroken)
    throw new OodError('not-finite', `${row} on ${id} vs ${ood} with ${model}: a score is not finite`);
}
