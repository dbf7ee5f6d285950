import { type Cell, OodError, sha256 } from '@oodgrid/contract';
import type { Protocol, Role } from '@oodgrid/protocols';
import type { PlannedCell } from '../planner/plan.js';
import { type Measured, type MeasureOptions, measureCells } from './measure.js';
import { type MadeChoice, type ScoredCell, scoreCell } from './score-cell.js';
import { scoresFile } from './scores-file.js';
import type { SeriesReader } from './unit-results.js';

export type { TestScores } from './score-cell.js';

export interface MergedCell extends Pick<ScoredCell, 'test' | 'features'> {
  readonly cell: Cell;
}

/** With what paired tests and warnings need. */
export interface RankedCell extends MergedCell, Pick<ScoredCell, 'ranked'>, Pick<Measured, 'placements'> {}

export interface MergeContext extends MeasureOptions {
  readonly reader: SeriesReader;
  readonly choices: ReadonlyMap<string, MadeChoice>;
  readonly protocol: Protocol;
  secondsOf(cell: PlannedCell): number;
}

/**
 * Merges cells. Each is sorted once, and those of one size share the bootstrap's draws. All of them are in memory
 * at once: the caller passes as many as it has room for.
 */
export function mergeCells(planned: readonly PlannedCell[], context: MergeContext): RankedCell[] {
  const { protocol, choices, reader } = context;
  const scored = planned.map((cell) => scoreCell(protocol, cell, choices, reader));
  const measured = measureCells(protocol, scored, context);
  return scored.map((one, i): RankedCell => {
    const own = measured[i];
    if (own === undefined) throw new OodError('internal', `${one.planned.row} was not measured`);
    const { test, features, ranked } = one;
    const { metrics, placements } = own;
    return { cell: cellOf(one, metrics, context), test, features, ranked, placements };
  });
}

function cellOf(
  { planned, made, combination, test, features }: ScoredCell,
  metrics: Measured['metrics'],
  { secondsOf }: MergeContext,
): Cell {
  const { row: method, title, id, ood, model } = planned;
  const { setting } = planned;
  const count = (role: Role) => ({
    id: features.id[role].indices.length,
    ood: features.ood[role].indices.length,
  });
  const { kind, parameters } = combination;
  const select = count('select');
  return {
    method,
    title,
    id,
    ood,
    model,
    metrics: { ...metrics },
    hyperparameters: {
      chosen: made === undefined ? setting : { ...made.choice.candidates[made.outcome.candidate] },
      isFallback: made?.outcome.isFallback ?? false,
      criteria: [...(made?.outcome.criteria ?? [])],
    },
    combination: { kind, parameters: plain(parameters) },
    counts: {
      fit: count('fit'),
      select: { ...select, ood: planned.selectOod ?? select.ood },
      test: count('test'),
    },
    scores: { file: scoresFile(planned), id: digestOf(test.id.scores), ood: digestOf(test.ood.scores) },
    seconds: secondsOf(planned),
  };
}

const plain = (parameters: ScoredCell['combination']['parameters']): Cell['combination']['parameters'] =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === 'number' ? value : [...value]]),
  );

function digestOf(scores: Float64Array) {
  return sha256(new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength));
}
