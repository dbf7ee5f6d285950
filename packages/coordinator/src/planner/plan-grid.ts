import type { ResolvedDataset, ResolvedGrid } from '@oodgrid/contract';
import { type MethodPlan, type ModelSpec, OodError } from '@oodgrid/contract';
import { findProtocol, type Range, type Role } from '@oodgrid/protocols';
import { GIVEN_SCORES_PLAN } from './given-scores-plan.js';
import { identifiedChoice } from './identity.js';
import type { CellSide, Plan, PlannedCell, PlannedChoice, PlannedUnit, SplitRows } from './plan.js';
import { planAccuracies } from './plan-accuracies.js';
import { PlanBuilder } from './plan-builder.js';
import { chosenSeries, planFit, type RowContext, sweepSeries, wholeSeries } from './plan-series.js';

/**
 * Turns a grid into tasks. `slice` (a multiple of the protocol's batch) is the number of samples that a scoring task takes:
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

/** Rows of the results of one run. */
const MAX_CELLS = 200_000;
/** Slices of one data set. */
const MAX_SLICES = 50_000;

/** The same, cell by cell: who has others to answer can do so between two of them. */
export function* planningSteps(grid: ResolvedGrid, slice: number): Generator<void, Plan> {
  const protocol = findProtocol(grid.protocol);
  const { batch } = protocol;
  if (slice % batch !== 0 || slice < batch) {
    throw new OodError(
      'invalid-input',
      `options.slice: ${slice} is not a multiple of the protocol's batch, ${batch}`,
    );
  }
  const count = grid.pairs.length * grid.models.length * grid.rows.length;
  if (count > MAX_CELLS) {
    throw new OodError(
      'invalid-input',
      `the grid has ${count.toLocaleString('en')} cells (pairs x models x methods), at most ${MAX_CELLS.toLocaleString('en')}: divide it`,
    );
  }
  refuseTwins(grid);
  for (const { name, test } of grid.datasets) {
    if (test.count / slice > MAX_SLICES) {
      throw new OodError(
        'invalid-input',
        `data set "${name}" makes more than ${MAX_SLICES.toLocaleString('en')} slices: raise options.slice`,
      );
    }
    protocol.cut({ name, count: test.count });
  }
  const builder = new PlanBuilder();
  const cells: PlannedCell[] = [];
  for (const { id, ood } of grid.pairs) {
    const idSet = datasetOf(grid, id);
    const oodSet = datasetOf(grid, ood);
    const transform = protocol.normalisation(idSet);
    for (const model of grid.models) {
      for (const row of grid.rows) {
        const own = row.scores === undefined ? row.plans[model.name] : GIVEN_SCORES_PLAN;
        if (own === undefined)
          throw new OodError('internal', `row ${row.row} has no plan for model ${model.name}`);
        const plan = protocol.selection === null ? withOwnSetting(own) : own;
        const context: RowContext = { protocol, grid, builder, slice, row, plan, transform };
        cells.push(planCell(context, model, idSet, oodSet));
        yield;
      }
    }
  }
  const accuracies = planAccuracies(grid, protocol, builder, slice);
  return { tasks: builder.tasks, series: builder.series, choices: builder.choices, cells, accuracies };
}

/** Throws `invalid-input` when two rows, models or data sets have one name: their cells could not be told apart. */
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

/** The plan of a method whose setting nobody selects: its own one is the only one. */
function withOwnSetting(plan: MethodPlan): MethodPlan {
  const { candidates, fallbackCandidate, cost } = plan;
  return {
    ...plan,
    candidates: candidates.slice(fallbackCandidate, fallbackCandidate + 1),
    fallbackCandidate: 0,
    cost: { sweep: cost.score, score: cost.score },
  };
}

function planCell(
  context: RowContext,
  model: ModelSpec,
  idSet: ResolvedDataset,
  oodSet: ResolvedDataset,
): PlannedCell {
  const { plan, row, protocol } = context;
  const splitOrder = protocol.order(plan.splitOrder);
  const common = {
    row: row.row,
    title: row.title,
    id: idSet.name,
    ood: oodSet.name,
    model: model.name,
    splitOrder,
    columns: plan.columns.length,
    setting: protocol.selection === null ? (plan.candidates[0] ?? null) : null,
  };
  const cutOf = ({ name, test }: ResolvedDataset) => protocol.cut({ name, count: test.count });
  const identify = (rowsOf: (dataset: ResolvedDataset, range: Range) => SplitRows): PlannedChoice => {
    const rows = (dataset: ResolvedDataset, role: Role): SplitRows => {
      const range = cutOf(dataset)[role];
      return isEmpty(range) ? { series: [], cut: null } : rowsOf(dataset, range);
    };
    const sides = (role: Role) => ({ id: rows(idSet, role), ood: rows(oodSet, role) });
    const choice = identifiedChoice({
      title: `${row.row}, ${idSet.name} vs ${oodSet.name}, ${model.name}`,
      candidates: plan.candidates,
      fallbackCandidate: plan.fallbackCandidate,
      columns: plan.columns.length,
      fit: sides('fit'),
      select: sides('select'),
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
        : identify((dataset, range) => ({
            series: seriesOf(dataset),
            cut: { ...range, order: splitOrder, count: dataset.test.count },
          }));
    const side = (dataset: ResolvedDataset): CellSide => ({
      kind: 'whole',
      series: seriesOf(dataset),
      count: dataset.test.count,
      cut: cutOf(dataset),
    });
    return { ...common, choice: choice?.id ?? null, sides: { id: side(idSet), ood: side(oodSet) } };
  }
  const fitted = planFit(context, model, idSet);
  const sweep = (dataset: ResolvedDataset, range: Range) =>
    sweepSeries(context, model, dataset, range, fitted);
  const choice =
    protocol.selection === null
      ? null
      : identify((dataset, range) => ({ series: [sweep(dataset, range)], cut: null }));
  const candidates: PlannedUnit['candidates'] =
    choice === null ? { kind: 'listed', list: plan.candidates } : { kind: 'chosen', choice: choice.id };
  const side = (dataset: ResolvedDataset): CellSide => {
    const cut = cutOf(dataset);
    return {
      kind: 'swept',
      test: chosenSeries(context, model, dataset, candidates, cut.test, fitted),
      fit: choice !== null || isEmpty(cut.fit) ? null : sweep(dataset, cut.fit),
      count: dataset.test.count,
      cut,
    };
  };
  return { ...common, choice: choice?.id ?? null, sides: { id: side(idSet), ood: side(oodSet) } };
}

const isEmpty = ({ from, to }: Range): boolean => from >= to;

function modelOf(grid: ResolvedGrid, name: string): ModelSpec {
  const found = [...grid.models, ...grid.auxiliaryModels].find((model) => model.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no model "${name}"`);
  return found;
}
