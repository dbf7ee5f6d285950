import type { Environment, Results, RunId, WorkCounts } from '@oodgrid/protocol';
import { bySeverity, RESULTS_SCHEMA } from '@oodgrid/protocol';
import type { PlannedCell } from '../planner/plan.js';
import { describeGrid, type ResolvedGrid } from '../planner/resolved-grid.js';
import type { ResultReader } from '../store/result-reader.js';
import type { GridOutcome } from '../workload/grid-workload.js';
import { cellWarnings } from './cell-warnings.js';
import { compareCells } from './compare.js';
import { mergeAccuracies } from './merge-accuracies.js';
import { type MergedCell, mergeCell } from './merge-cell.js';
import { resultsDigest } from './results-digest.js';

/** Facts of a run that are no results. */
export interface RunFacts {
  readonly id: RunId;
  readonly startedAt: Date;
  readonly workers: number;
  readonly environment: Environment;
  readonly secondsElapsed: () => number;
  readonly work: WorkCounts;
  readonly cachedUnits: number;
}

export interface MergedRun {
  readonly results: Results;
  readonly cells: readonly MergedCell[];
}

/** Merges everything that the tasks gave into results. `pause` is awaited between cells. */
export async function mergeRun(
  grid: ResolvedGrid,
  outcome: GridOutcome,
  results: ResultReader,
  facts: RunFacts,
  pause: () => Promise<void>,
): Promise<MergedRun> {
  const { plan } = outcome;
  const context = {
    reader: outcome.reader(results),
    choices: outcome.choices,
    protocol: grid.protocol,
    seed: grid.seed,
    bootstrapReplicates: grid.bootstrapReplicates,
    secondsOf: (cell: PlannedCell) => secondsOf(cell, outcome),
  };
  const cells: MergedCell[] = [];
  for (const planned of plan.cells) {
    cells.push(mergeCell(planned, context));
    await pause();
  }
  const comparisons = compareCells(cells);
  const { accuracies, warnings } = mergeAccuracies(
    plan.accuracies,
    context.reader,
    grid.cardAccuracies ?? {},
  );
  const description = describeGrid(grid);
  const table = cells.map(({ cell }) => cell);
  const merged: Results = {
    schema: RESULTS_SCHEMA,
    run: {
      id: facts.id,
      name: grid.name,
      startedAt: facts.startedAt.toISOString(),
      seconds: facts.secondsElapsed(),
      workers: facts.workers,
      tasks: plan.tasks.length,
      cachedUnits: facts.cachedUnits,
      work: facts.work,
    },
    grid: description,
    environment: facts.environment,
    cells: table,
    comparisons,
    accuracies,
    warnings: bySeverity([...warnings, ...(grid.warnings ?? []), ...cellWarnings(table)]),
    digest: resultsDigest(description, table, comparisons, accuracies),
  };
  return { results: merged, cells };
}

/** Compute time of the tasks behind a cell; a task that serves several cells counts in each. */
function secondsOf(cell: PlannedCell, { plan, secondsOfUnit }: GridOutcome): number {
  const choice = plan.choices.find(({ id }) => id === cell.choice);
  const sides = [cell.sides.id, cell.sides.ood].flatMap((side) =>
    side.kind === 'whole' ? side.series : [side.test],
  );
  const sweeps =
    choice === undefined ? [] : Object.values(choice.valFit).concat(Object.values(choice.valSelect));
  const wanted = new Set([...sides, ...sweeps]);
  const tasks = new Map<string, number>();
  for (const { id, parts } of plan.series) {
    if (!wanted.has(id)) continue;
    for (const { unit } of parts) {
      const done = secondsOfUnit.get(unit);
      if (done !== undefined) tasks.set(done.taskId, done.seconds);
    }
  }
  let total = 0;
  for (const seconds of tasks.values()) total += seconds;
  return total;
}
