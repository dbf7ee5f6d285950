import { digestOfJson, type MethodPlan, type ModelSpec, OodError, type Transform } from '@oodgrid/protocol';
import type { PlannedChoice, SeriesPart } from './plan.js';
import type { PlanBuilder, TaskHeader } from './plan-builder.js';
import type { ResolvedDataset, ResolvedGrid, ResolvedRow } from './resolved-grid.js';
import { PERMUTATION_SEED, type SplitName, splitRange, TEST_FROM } from './splits.js';

/** The protocol's batch of every method that takes gradients, and of the canonical pass. */
export const BATCH = 512;

/** One method on one model, the pass normalised as one ID data set wants. */
export interface RowContext {
  readonly grid: ResolvedGrid;
  readonly builder: PlanBuilder;
  readonly slice: number;
  readonly row: ResolvedRow;
  readonly plan: MethodPlan;
  readonly transform: Transform;
}

/** What identifies a method's computation beside the data: rows that agree here share their units. */
function methodKey({ plan, row, transform }: RowContext, model: ModelSpec): string {
  const noise = plan.fit === 'noise' ? row.noise : null;
  const { compute, revision, options } = plan;
  return `${compute}@${model.name}:${digestOfJson({ compute, revision, options, noise, transform, weights: model.weights }).slice(0, 12)}`;
}

function header(
  context: RowContext,
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
export function planFit(context: RowContext, model: ModelSpec, idSet: ResolvedDataset): string | null {
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
export function wholeSeries(
  context: RowContext,
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
export function sweepSeries(
  context: RowContext,
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
export function chosenSeries(
  context: RowContext,
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
