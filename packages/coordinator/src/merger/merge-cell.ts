import { type Cell, OodError, sha256 } from '@oodgrid/protocol';
import type { Protocol, Role, Side } from '@oodgrid/protocols';
import {
  aurocInterval,
  BootstrapDraws,
  type BootstrapIntervals,
  bootstrapRanked,
  type Placements,
  placementsOf,
  type RankedScores,
  withBorder,
} from '@oodgrid/stats';
import { z } from 'zod';
import type { PlannedCell } from '../planner/plan.js';
import { type MadeChoice, type ScoredCell, scoreCell } from './score-cell.js';
import { scoresFile } from './scores-file.js';
import type { SeriesReader } from './unit-results.js';

export type { TestScores } from './score-cell.js';

export interface MergedCell extends Pick<ScoredCell, 'test' | 'features'> {
  readonly cell: Cell;
}

/** With what paired tests need. */
export interface RankedCell extends MergedCell, Pick<ScoredCell, 'ranked'> {
  readonly placements: Placements;
}

export interface MergeContext {
  readonly reader: SeriesReader;
  readonly choices: ReadonlyMap<string, MadeChoice>;
  readonly protocol: Protocol;
  readonly seed: number;
  readonly bootstrapReplicates: number;
  secondsOf(cell: PlannedCell): number;
}

/**
 * Merges cells. Each is sorted once, and those of one size share the bootstrap's draws. All of them are in memory
 * at once: the caller gives as many as it has room for.
 */
export function mergeCells(planned: readonly PlannedCell[], context: MergeContext): RankedCell[] {
  const scored = planned.map((cell) => scoreCell(context.protocol, cell, context.choices, context.reader));
  const intervals = bootstrapIntervals(scored, context);
  return scored.map((one, i) => {
    const placements = placementsOf(one.ranked);
    const { value, low, high } = aurocInterval(placements);
    const auroc = { value, low, high };
    const drawn = intervals[i];
    if (drawn === undefined) throw new OodError('internal', `${one.planned.row} was not bootstrapped`);
    const metrics = { auroc, ...withBorder(one.ranked, auroc, drawn) };
    const { test, features, ranked } = one;
    return { cell: cellOf(one, metrics, context), test, features, ranked, placements };
  });
}

/** Draws of the size that was asked for last: most cells of a grid have one. */
let lastDraws: { readonly key: string; readonly draws: BootstrapDraws } | undefined;

function drawsOf(seed: number, replicates: number, n: number, m: number): BootstrapDraws {
  const key = [seed, replicates, n, m].join();
  if (lastDraws?.key !== key) lastDraws = { key, draws: new BootstrapDraws(seed, replicates, n, m) };
  return lastDraws.draws;
}

/** In the order of the cells; cells of one size go together. */
function bootstrapIntervals(
  scored: readonly ScoredCell[],
  { seed, bootstrapReplicates }: MergeContext,
): readonly (BootstrapIntervals | undefined)[] {
  const bySize = new Map<string, { places: number[]; ranked: [RankedScores, ...RankedScores[]] }>();
  for (const [i, { test, ranked }] of scored.entries()) {
    const size = `${test.id.scores.length},${test.ood.scores.length}`;
    const known = bySize.get(size);
    if (known === undefined) bySize.set(size, { places: [i], ranked: [ranked] });
    else {
      known.places.push(i);
      known.ranked.push(ranked);
    }
  }
  const out: (BootstrapIntervals | undefined)[] = scored.map(() => undefined);
  for (const group of bySize.values()) {
    const { idGroup, oodGroup } = group.ranked[0];
    const draws = drawsOf(seed, bootstrapReplicates, idGroup.length, oodGroup.length);
    const intervals = bootstrapRanked(group.ranked, draws);
    for (const [k, i] of group.places.entries()) out[i] = intervals[k];
  }
  return out;
}

function cellOf(
  { planned, made, combination, test, features }: ScoredCell,
  metrics: Cell['metrics'],
  { protocol, secondsOf }: MergeContext,
): Cell {
  const { row: method, title, id, ood, model } = planned;
  const { setting } = planned;
  const count = (role: Role, side: Side) => features[side][role].indices.length;
  return {
    method,
    title,
    id,
    ood,
    model,
    protocol: protocol.name,
    metrics,
    hyperparameters: {
      chosen: made === undefined ? setting : { ...made.choice.candidates[made.outcome.candidate] },
      isFallback: made?.outcome.isFallback ?? false,
      tnrOfCandidates: [...(made?.outcome.tnrOfCandidates ?? [])],
      regression: regressionSchema.parse(combination.parameters),
    },
    counts: {
      valFitId: count('fit', 'id'),
      valFitOod: count('fit', 'ood'),
      valSelectId: count('select', 'id'),
      valSelectOod: count('select', 'ood'),
      testId: count('test', 'id'),
      testOod: count('test', 'ood'),
    },
    scores: { file: scoresFile(planned), id: digestOf(test.id.scores), ood: digestOf(test.ood.scores) },
    seconds: secondsOf(planned),
  };
}

const regressionSchema = z.object({ c: z.number(), coef: z.array(z.number()), intercept: z.number() });

function digestOf(scores: Float64Array) {
  return sha256(new Uint8Array(scores.buffer, scores.byteOffset, scores.byteLength));
}
