import { digestOfJson, type MethodPlan, type ModelSpec, OodError, type Transform } from '@oodgrid/protocol';
import type { CellSide, Plan, PlannedCell, PlannedChoice, SeriesPart } from './plan.js';
import { PlanBuilder, type TaskHeader } from './plan-builder.js';
import type { ResolvedDataset, ResolvedGrid, ResolvedRow } from './resolved-grid.js';
import { PERMUTATION_SEED, requireEnoughSamples, type SplitName, splitRange, TEST_FROM } from './splits.js';

/** The protocol's batch of every method that takes gradients, and of the canonical pass. */
const BATCH = 512;

/** One method on one model, the pass normalised as one ID data set wants. */
interface Context {
  readonly grid: ResolvedGrid;
  readonly builder: PlanBuilder;
  readonly slice: number;
  readonly row: ResolvedRow;
  readonly plan: MethodPlan;
  readonly transform: Transform;
}

/**
 * Turns a grid into tasks. `slice` (a multiple of 512) is the number of samples that a scoring task takes:
 * it changes what is computed together, never a bit of the results. Throws `invalid-input` for data sets
 * too small for the protocol.
 */
export function planGrid(grid: ResolvedGrid, slice: number): Plan {
  if (slice % BATCH !== 0 || slice < BATCH) {
    throw new OodError(
      'invalid-input',
      `options.slice: ${slice} is not a multiple of the protocol's batch, ${BATCH}`,
    );
  }
  for (const { name, test } of grid.datasets) requireEnoughSamples(name, test.count);
  const builder = new PlanBuilder();
  const choices: PlannedChoice[] = [];
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
        const context: Context = { grid, builder, slice, row, plan, transform: idSet.normalisation };
        cells.push(planCell(context, model, idSet, oodSet, choices));
      }
    }
  }
  return { tasks: builder.tasks, series: builder.series, choices, cells };
}

function datasetOf(grid: ResolvedGrid, name: string): ResolvedDataset {
  const found = grid.datasets.find((dataset) => dataset.name === name);
  if (found === undefined) throw new OodError('internal', `the grid has no data set "${name}"`);
  return found;
}

function planCell(
  context: Context,
  model: ModelSpec,
  idSet: ResolvedDataset,
  oodSet: ResolvedDataset,
  choices: PlannedChoice[],
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
  if (plan.pass === 'forward') {
    const models =
      plan.models.length === 0 ? [model] : plan.models.map((name) => modelOf(context.grid, name));
    const side = (dataset: ResolvedDataset): CellSide => ({
      kind: 'whole',
      series: models.map((one) => wholeSeries(context, one, idSet, dataset)),
      count: dataset.test.count,
    });
    return { ...common, choice: null, sides: { id: side(idSet), ood: side(oodSet) } };
  }
  const fit = planFit(context, model, idSet);
  const sweep = (dataset: ResolvedDataset, split: SplitName) =>
    sweepSeries(context, model, dataset, split, fit);
  const choice: PlannedChoice = {
    id: `choice:${row.row}:${idSet.name}:${oodSet.name}:${model.name}`,
    candidates: plan.candidates,
    fallbackCandidate: plan.fallbackCandidate,
    columns: plan.columns.length,
    valFit: { id: sweep(idSet, 'valFit'), ood: sweep(oodSet, 'valFit') },
    valSelect: { id: sweep(idSet, 'valSelect'), ood: sweep(oodSet, 'valSelect') },
  };
  choices.push(choice);
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

/** What identifies a method's computation beside the data: rows that agree here share their units. */
function methodKey({ plan, row, transform }: Context, model: ModelSpec): string {
  const noise = plan.fit === 'noise' ? row.noise : null;
  const { compute, revision, options } = plan;
  return `${compute}@${model.name}:${digestOfJson({ compute, revision, options, noise, transform, weights: model.weights }).slice(0, 12)}`;
}

function header(
  context: Context,
  model: ModelSpec,
  part: Partial<TaskHeader> & Pick<TaskHeader, 'kind' | 'from' | 'to'>,
): TaskHeader {
  return {
    model,
    data: null,
    noise: null,
    transform: context.transform,
    order: { kind: 'file' },
    batch: BATCH,
    seed: context.grid.seed,
    ...part,
  };
}

/** The fit of a method on a model, planned once for all pairs of an ID set; null where there is none. */
function planFit(context: Context, model: ModelSpec, idSet: ResolvedDataset): string | null {
  const { plan, row, builder } = context;
  if (plan.fit === 'none') return null;
  const source = fitSource(row, plan, idSet);
  const id = `fit:${methodKey(context, model)}:${source.name}`;
  const { compute: method, revision, options } = plan;
  builder.add(
    header(context, model, {
      kind: 'fit',
      from: 0,
      to: source.count,
      data: source.data,
      noise: source.noise,
    }),
    {
      id,
      method,
      revision,
      options,
      fit: null,
      candidates: { kind: 'listed', list: [] },
      columns: 0,
      forwards: 1,
      gradients: 0,
    },
  );
  return id;
}

function fitSource(row: ResolvedRow, plan: MethodPlan, idSet: ResolvedDataset) {
  if (plan.fit === 'noise') {
    if (row.noise === null) throw new OodError('internal', `row ${row.row} has no noise images`);
    return {
      name: `noise-${row.noise.blob.slice(0, 12)}`,
      count: row.noise.count,
      data: null,
      noise: row.noise.blob,
    };
  }
  const { train } = idSet;
  if (train === undefined || train.count === 0) {
    throw new OodError(
      'invalid-input',
      `${row.row} fits on the train set of "${idSet.name}", which has none`,
    );
  }
  return { name: train.ref.name, count: train.count, data: train.ref, noise: null };
}

/** The canonical pass over a whole test set in file order, in slices. */
function wholeSeries(
  context: Context,
  model: ModelSpec,
  idSet: ResolvedDataset,
  dataset: ResolvedDataset,
): string {
  const { builder, plan, slice } = context;
  const id = `whole:${methodKey(context, model)}:${dataset.name}`;
  if (builder.hasSeries(id)) return id;
  const fit = planFit(context, model, idSet);
  const { compute: method, revision, options, columns, cost } = plan;
  const parts = slices(0, dataset.test.count, slice).map(({ from, to }): SeriesPart => {
    const unit = `${id}:${from}`;
    builder.add(header(context, model, { kind: 'score', from, to, data: dataset.test.ref }), {
      id: unit,
      method,
      revision,
      options,
      fit,
      candidates: { kind: 'listed', list: [] },
      columns: columns.length,
      forwards: cost.forwards,
      gradients: 0,
    });
    return { unit, from, to };
  });
  return builder.addSeries({ id, columns: columns.length, parts });
}

const permuted = { kind: 'numpy-permutation', seed: PERMUTATION_SEED } as const;

/** Every candidate on one validation split: one task, because batches restart where the split starts. */
function sweepSeries(
  context: Context,
  model: ModelSpec,
  dataset: ResolvedDataset,
  split: SplitName,
  fit: string | null,
): string {
  const { builder, plan, row } = context;
  const id = `sweep:${row.row}:${methodKey(context, model)}:${dataset.name}:${split}`;
  const { from, to } = splitRange(split, dataset.test.count);
  const { compute: method, revision, options, columns, cost, candidates } = plan;
  const directions = new Set(candidates.map(({ temperature }) => temperature)).size * cost.gradients;
  // The shared first pass is below 1 % of a sweep, so each method's sweep is a task of its own.
  builder.add(
    header(context, model, { kind: 'sweep', from, to, data: dataset.test.ref, order: permuted }),
    {
      id: `${id}:${from}`,
      method,
      revision,
      options,
      fit,
      candidates: { kind: 'listed', list: candidates },
      columns: columns.length * candidates.length,
      forwards: cost.forwards * candidates.filter(({ magnitude }) => magnitude !== 0).length,
      gradients: directions,
    },
    row.row,
  );
  return builder.addSeries({
    id,
    columns: columns.length * candidates.length,
    parts: [{ unit: `${id}:${from}`, from, to }],
  });
}

/** The chosen candidate on the test split, in slices whose batches are the protocol's. */
function chosenSeries(
  context: Context,
  model: ModelSpec,
  dataset: ResolvedDataset,
  choice: PlannedChoice,
  fit: string | null,
): string {
  const { builder, plan, slice } = context;
  const id = `test:${choice.id}:${dataset.name}`;
  const { compute: method, revision, options, columns, cost } = plan;
  const parts = slices(TEST_FROM, dataset.test.count, slice).map(({ from, to }): SeriesPart => {
    const unit = `${id}:${from}`;
    builder.add(
      header(context, model, { kind: 'score', from, to, data: dataset.test.ref, order: permuted }),
      {
        id: unit,
        method,
        revision,
        options,
        fit,
        candidates: { kind: 'chosen', choice: choice.id },
        columns: columns.length,
        forwards: cost.forwards,
        gradients: cost.gradients,
      },
    );
    return { unit, from, to };
  });
  return builder.addSeries({ id, columns: columns.length, parts });
}

function slices(from: number, to: number, size: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil((to - from) / size) }, (_, i) => ({
    from: from + i * size,
    to: Math.min(from + (i + 1) * size, to),
  }));
}
