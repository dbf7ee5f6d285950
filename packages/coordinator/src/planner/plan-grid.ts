import type { ResolvedDataset, ResolvedGrid } from '@oodgrid/contract';
import { type MethodPlan, type ModelSpec, OodError } from '@oodgrid/contract';
import {
  type Cut,
  familyMetrics,
  findProtocol,
  isChoosing,
  type Protocol,
  type Range,
  type Role,
} from '@oodgrid/protocols';
import { ensembleCell } from './ensemble-cell.js';
import { GIVEN_SCORES_PLAN } from './given-scores-plan.js';
import { identifiedChoice } from './identity.js';
import {
  datasetOf,
  modelOf,
  type PairSplit,
  predictionsOf,
  requireLabels,
  sidesOf,
  splitOf,
} from './pair-split.js';
import {
  type CellSide,
  NO_ROWS,
  type Plan,
  type PlannedCell,
  type PlannedChoice,
  type PlannedUnit,
  type SplitRows,
} from './plan.js';
import { planAccuracies } from './plan-accuracies.js';
import { PlanBuilder } from './plan-builder.js';
import { chosenSeries, planFit, type RowContext, sweepSeries, wholeSeries } from './plan-series.js';
import { requireOneOrder, shiftedPart } from './shifted-sides.js';

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
  const { ensembles = [] } = grid;
  const count = grid.pairs.length * grid.models.length * (grid.rows.length + ensembles.length);
  if (count > MAX_CELLS) {
    throw new OodError(
      'invalid-input',
      `the grid has ${count.toLocaleString('en')} cells (pairs x models x methods), at most ${MAX_CELLS.toLocaleString('en')}: divide it`,
    );
  }
  refuseTwins(grid);
  refuseTwinMetrics(protocol, grid);
  for (const { name, test } of grid.datasets) {
    if (test.count / slice > MAX_SLICES) {
      throw new OodError(
        'invalid-input',
        `data set "${name}" makes more than ${MAX_SLICES.toLocaleString('en')} slices: raise options.slice`,
      );
    }
    protocol.cut({ name, count: test.count });
  }
  const isChosen = isChoosing(protocol, grid.chooseOn);
  const builder = new PlanBuilder();
  const cells: PlannedCell[] = [];
  for (const { id, ood } of grid.pairs) {
    const idSet = datasetOf(grid, id);
    const oodSet = datasetOf(grid, ood);
    requireLabels(idSet, grid.measure ?? []);
    const transform = protocol.normalisation(idSet);
    const split = splitOf(grid, protocol, idSet, oodSet);
    for (const model of grid.models) {
      const own = new Map<string, PlannedCell>();
      for (const row of grid.rows) {
        const given = row.scores === undefined ? row.plans[model.name] : GIVEN_SCORES_PLAN;
        if (given === undefined)
          throw new OodError('internal', `row ${row.row} has no plan for model ${model.name}`);
        const plan = isChosen ? given : withOwnSetting(given);
        const context: RowContext = { protocol, grid, builder, slice, row, plan, transform };
        const cell = planCell(context, model, split);
        own.set(cell.row, cell);
        cells.push(cell);
        yield;
      }
      for (const ensemble of ensembles) cells.push(ensembleCell(ensemble, own, protocol));
    }
  }
  requireOneOrder(cells, protocol.name);
  const accuracies = planAccuracies(grid, protocol, builder, slice);
  return { tasks: builder.tasks, series: builder.series, choices: builder.choices, cells, accuracies };
}

/** Throws `invalid-input` when two rows, models or data sets have one name: their cells could not be told apart. */
function refuseTwins({ rows, ensembles = [], models, auxiliaryModels, datasets, pairs }: ResolvedGrid): void {
  const named = {
    row: [...rows.map(({ row }) => row), ...ensembles.map(({ name }) => name)],
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

/** Throws `invalid-input` where a user's protocol has a metric under the key of one that the grid asks for. */
function refuseTwinMetrics({ name, metrics }: Protocol, { measure }: ResolvedGrid): void {
  const keys = new Set(metrics.map(({ key }) => key));
  const twin = familyMetrics(measure).find(({ key }) => keys.has(key));
  if (twin !== undefined)
    throw new OodError(
      'invalid-input',
      `measure: protocol ${name} has a metric "${twin.key}" of its own: give it another key, or take measure out`,
    );
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

function planCell(context: RowContext, model: ModelSpec, split: PairSplit): PlannedCell {
  const { plan, row, protocol } = context;
  const { idSet, oodSet, isChosen, cuts, validation } = split;
  const splitOrder = protocol.order(plan.splitOrder);
  const common = {
    row: row.row,
    title: row.title,
    id: idSet.name,
    ood: oodSet.name,
    model: model.name,
    splitOrder,
    columns: plan.columns.length,
    setting: isChosen ? null : (plan.candidates[0] ?? null),
    ...(familyMetrics(context.grid.measure).length === 0
      ? {}
      : { predictions: predictionsOf(context, model, split, splitOrder, 'test') }),
    ...(isChosen && validation.kind === 'set' ? { selectOod: validation.dataset.test.count } : {}),
  };
  const identify = (rowsOf: (dataset: ResolvedDataset, range: Range) => SplitRows): PlannedChoice => {
    const rows = (dataset: ResolvedDataset, range: Range): SplitRows =>
      isEmpty(range) ? NO_ROWS : rowsOf(dataset, range);
    const oodRows = (role: Role): SplitRows => {
      if (validation.kind === 'pair') return rows(oodSet, cuts.ood[role]);
      if (validation.kind === 'id' || role === 'fit') return NO_ROWS;
      return rows(validation.dataset, { from: 0, to: validation.dataset.test.count });
    };
    const sides = (role: Role) => ({ id: rows(idSet, cuts.id[role]), ood: oodRows(role) });
    const choice = identifiedChoice({
      title: `${row.row}, ${idSet.name} vs ${oodSet.name}, ${model.name}`,
      candidates: plan.candidates,
      fallbackCandidate: plan.fallbackCandidate,
      columns: plan.columns.length,
      fit: sides('fit'),
      select: sides('select'),
      ...(validation.kind === 'id'
        ? { predictions: predictionsOf(context, model, split, splitOrder, 'select') }
        : {}),
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
    const side = (dataset: ResolvedDataset, cut: Cut): CellSide => ({
      kind: 'whole',
      series: seriesOf(dataset),
      count: dataset.test.count,
      cut,
    });
    const shifted = shiftedPart(context, model, split, side);
    return { ...common, choice: choice?.id ?? null, sides: sidesOf(split, side), ...shifted };
  }
  const fitted = planFit(context, model, idSet);
  const sweep = (dataset: ResolvedDataset, range: Range) =>
    sweepSeries(context, model, dataset, range, fitted);
  const choice = isChosen
    ? identify((dataset, range) => ({ series: [sweep(dataset, range)], cut: null }))
    : null;
  const candidates: PlannedUnit['candidates'] =
    choice === null ? { kind: 'listed', list: plan.candidates } : { kind: 'chosen', choice: choice.id };
  const side = (dataset: ResolvedDataset, cut: Cut): CellSide => ({
    kind: 'swept',
    test: chosenSeries(context, model, dataset, candidates, cut.test, fitted),
    fit: choice !== null || isEmpty(cut.fit) ? null : sweep(dataset, cut.fit),
    count: dataset.test.count,
    cut,
  });
  const shifted = shiftedPart(context, model, split, side);
  return { ...common, choice: choice?.id ?? null, sides: sidesOf(split, side), ...shifted };
}

const isEmpty = ({ from, to }: Range): boolean => from >= to;
