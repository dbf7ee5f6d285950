import type { ResolvedDataset, ResolvedGrid } from '@oodgrid/protocol';
import { type ModelSpec, OodError } from '@oodgrid/protocol';
import { identifiedChoice } from './identity.js';
import type { CellSide, Plan, PlannedCell, PlannedChoice, SplitRows } from './plan.js';
import { planAccuracies } from './plan-accuracies.js';
import { PlanBuilder } from './plan-builder.js';
import { BATCH, chosenSeries, planFit, type RowContext, sweepSeries, wholeSeries } from './plan-series.js';
import { requireEnoughSamples, type SplitName } from './splits.js';

/**
 * Turns a grid into tasks. `slice` (a multiple of 512) is the number of samples that a scoring task takes:
 * it changes what is computed together, never a bit of the results. Throws `invalid-input` for data sets
 * too small for the protocol.
 */
export function planGrid(grid: ResolvedGrid, slice: number): Plan {
  const steps = planningSteps(grid, slice);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, cell by cell: who has others to answer can do so between two of them. */
export function* planningSteps(grid: ResolvedGrid, slice: number): Generator<void, Plan> {
  if (slice % BATCH !== 0 || slice < BATCH) {
    throw new OodError(
      'invalid-input',
      `options.slice: ${slice} is not a multiple of the protocol's batch, ${BATCH}`,
    );
  }
  refuseTwins(grid);
  for (const { name, test } of grid.datasets) requireEnoughSamples(name, test.count);
  const builder = new PlanBuilder();
  const cells: PlannedCell[] = [];
  for (const { id, ood } of grid.pairs) {
    const idSet = datasetOf(grid, id);
    const oodSet = datasetOf(grid, ood);
    if (idSet.normalisation === undefined) {
      throw new OodError('invalid-input', `data set "${id}" has no normalisation and cannot be the ID side`);
    }
    for (const model of grid.models) {
      for (const row of grid.rows) {
        const plan = row.plans[model.name];
        if (plan === undefined)
          throw new OodError('internal', `row ${row.row} has no plan for model ${model.name}`);
        const context: RowContext = { grid, builder, slice, row, plan, transform: idSet.normalisation };
        cells.push(planCell(context, model, idSet, oodSet));
        yield;
      }
    }
  }
  const accuracies = planAccuracies(grid, builder, slice);
  return { tasks: builder.tasks, series: builder.series, choices: builder.choices, cells, accuracies };
}

/** What is looked up by its name must be there once: two cells of one name would be told apart by nothing. */
function refuseTwins({ rows, models, auxiliaryModels, datasets, pairs }: ResolvedGrid): void {
  const named = {
    row: rows.map(({ row }) => row),
    model: [...models, ...auxiliaryModels].map(({ name }) => name),
    'data set': datasets.map(({ name }) => name),
    pair: pairs.map(({ id, ood }) => JSON.stringify([id, ood])),
  };
  for (const [what, names] of Object.entries(named)) {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name))
        throw new OodError('invalid-input', `the grid has the ${what} ${JSON.stringify(name)} twice`);
      seen.add(name);
    }
  }
}

function datasetOf(grid: ResolvedGrid, name: string): ResolvedDataset {
  const found = grid.datasets.find((dataset) => dataset.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no data set "${name}"`);
  return found;
}

function planCell(
  context: RowContext,
  model: ModelSpec,
  idSet: ResolvedDataset,
  oodSet: ResolvedDataset,
): PlannedCell {
  const { plan, row } = context;
  const common = {
    row: row.row,
    title: row.title,
    id: idSet.name,
    ood: oodSet.name,
    model: model.name,
    splitOrder: plan.splitOrder,
    columns: plan.columns.length,
  };
  const identify = (rowsOf: (dataset: ResolvedDataset, split: SplitName) => SplitRows): PlannedChoice => {
    const sides = (split: SplitName) => ({ id: rowsOf(idSet, split), ood: rowsOf(oodSet, split) });
    const choice = identifiedChoice({
      title: `${row.row}, ${idSet.name} vs ${oodSet.name}, ${model.name}`,
      candidates: plan.candidates,
      fallbackCandidate: plan.fallbackCandidate,
      columns: plan.columns.length,
      valFit: sides('valFit'),
      valSelect: sides('valSelect'),
    });
    context.builder.addChoice(choice);
    return choice;
  };
  if (plan.pass === 'forward') {
    const models =
      plan.models.length === 0 ? [model] : plan.models.map((name) => modelOf(context.grid, name));
    const seriesOf = (dataset: ResolvedDataset) =>
      models.map((one) => wholeSeries(context, one, idSet, dataset));
    // Of one setting there is nothing to choose; of several, the same pass gives all of them for every split.
    const choice =
      plan.candidates.length < 2
        ? null
        : identify((dataset) => ({
            series: seriesOf(dataset),
            cut: { order: plan.splitOrder, count: dataset.test.count },
          }));
    const side = (dataset: ResolvedDataset): CellSide => ({
      kind: 'whole',
      series: seriesOf(dataset),
      count: dataset.test.count,
    });
    return { ...common, choice: choice?.id ?? null, sides: { id: side(idSet), ood: side(oodSet) } };
  }
  const fit = planFit(context, model, idSet);
  const choice = identify((dataset, split) => ({
    series: [sweepSeries(context, model, dataset, split, fit)],
    cut: null,
  }));
  const side = (dataset: ResolvedDataset): CellSide => ({
    kind: 'swept',
    test: chosenSeries(context, model, dataset, choice, fit),
    count: dataset.test.count,
  });
  return { ...common, choice: choice.id, sides: { id: side(idSet), ood: side(oodSet) } };
}

function modelOf(grid: ResolvedGrid, name: string): ModelSpec {
  const found = [...grid.models, ...grid.auxiliaryModels].find((model) => model.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no model "${name}"`);
  return found;
}
