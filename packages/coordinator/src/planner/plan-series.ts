import type { Digest, ResolvedDataset, ResolvedGrid, ResolvedRow } from '@oodgrid/contract';
import {
  type DataRef,
  type MethodPlan,
  type ModelSpec,
  OodError,
  type Order,
  type Transform,
} from '@oodgrid/contract';
import type { Protocol, Range } from '@oodgrid/protocols';
import { type Anonymous, identified, identifiedSeries } from './identity.js';
import type { PlannedUnit, SeriesPart } from './plan.js';
import type { PlanBuilder, TaskHeader } from './plan-builder.js';

/** One method on one model, the pass normalised as one ID data set wants. */
export interface RowContext {
  readonly protocol: Protocol;
  readonly grid: ResolvedGrid;
  readonly builder: PlanBuilder;
  readonly slice: number;
  readonly row: ResolvedRow;
  readonly plan: MethodPlan;
  readonly transform: Transform;
}

function header(
  context: RowContext,
  model: ModelSpec,
  part: Partial<TaskHeader> & Pick<TaskHeader, 'kind' | 'from' | 'to' | 'data'>,
): TaskHeader {
  return {
    model: modelFor(model, part.data),
    transform: context.transform,
    order: { kind: 'file' },
    batch: context.protocol.batch,
    seed: context.grid.seed,
    ...part,
  };
}

/** Of what a model has of every split, a task gets that of the one that it reads. */
function modelFor({ splits, ...model }: ModelSpec, { name }: DataRef): ModelSpec {
  if (splits === undefined) return model;
  const own = splits[name];
  if (own === undefined)
    throw new OodError('invalid-input', `model "${model.name}" has no values of "${name}"`);
  return { ...model, splits: { [name]: own } };
}

/** Returns the fields that every unit of a method has. */
function unitOf(
  { plan: { compute: method, revision, module, options, pass } }: RowContext,
  part: Omit<Anonymous<PlannedUnit>, 'method' | 'revision' | 'module' | 'options' | 'pass'>,
): Anonymous<PlannedUnit> {
  return { method, revision, ...(module === undefined ? {} : { module }), options, pass, ...part };
}

interface FitSource {
  readonly ref: DataRef;
  readonly count: number;
  readonly transform: Transform;
}

/** The fit of a method on a model, planned once for all pairs of an ID set; null where there is none. */
export function planFit(context: RowContext, model: ModelSpec, idSet: ResolvedDataset): string | null {
  const { plan, builder } = context;
  if (plan.fit === 'none') return null;
  const { count, ref: data, transform } = fitSource(context, plan.fit, idSet);
  const task = header(context, model, { kind: 'fit', from: 0, to: count, data, transform });
  const candidates = { kind: 'listed', list: [] } as const;
  const unit = unitOf(context, { fit: null, candidates, columns: 0, forwards: 0, gradients: 0 });
  return builder.add(task, identified(task, unit));
}

function fitSource(
  { row, plan, transform }: RowContext,
  fit: Exclude<MethodPlan['fit'], 'none'>,
  idSet: ResolvedDataset,
): FitSource {
  if (fit !== 'train') {
    if (row.fitSet === null) throw new OodError('internal', `row ${row.row} has no data set to fit on`);
    return { ...row.fitSet, transform: fit };
  }
  const { train } = idSet;
  if (train === undefined || train.count === 0) {
    throw new OodError(
      'invalid-input',
      `${row.row} fits on the train set of "${idSet.name}", which has none`,
    );
  }
  const { fitMinimum = 0 } = plan;
  if (train.count < fitMinimum) {
    throw new OodError(
      'invalid-input',
      `${row.row} needs ${fitMinimum} samples to fit on; the train set of "${idSet.name}" has ${train.count}: give a larger one, or options that need fewer`,
    );
  }
  return { ...train, transform };
}

/** Every candidate on a whole test set in file order, in slices of the canonical pass. */
export function wholeSeries(
  context: RowContext,
  model: ModelSpec,
  idSet: ResolvedDataset,
  dataset: ResolvedDataset,
): string {
  const { builder, plan, slice } = context;
  const { candidates, cost } = plan;
  const columns = plan.columns.length * Math.max(1, candidates.length);
  const given = givenScores(context.row, model, idSet, dataset);
  const unit = unitOf(context, {
    fit: planFit(context, model, idSet),
    ...(given === undefined ? {} : { given }),
    candidates: { kind: 'listed', list: candidates },
    columns,
    ...cost.sweep,
  });
  const parts = slices(0, dataset.test.count, slice).map(({ from, to }): SeriesPart => {
    const task = header(context, model, { kind: 'score', from, to, data: dataset.test.ref });
    return { unit: builder.add(task, identified(task, unit)), from, to };
  });
  return builder.addSeries(identifiedSeries({ columns, parts }));
}

/** The scores of a set of a pair, of a row that was computed elsewhere; undefined for every other row. */
function givenScores(
  { row, scores }: ResolvedRow,
  model: ModelSpec,
  idSet: ResolvedDataset,
  dataset: ResolvedDataset,
): Digest | undefined {
  if (scores === undefined) return undefined;
  const found = scores[model.name]?.[idSet.name]?.[dataset.name];
  if (found !== undefined) return found;
  throw new OodError(
    'invalid-input',
    `row ${row} has no scores of "${dataset.name}" beside "${idSet.name}" with model "${model.name}"`,
  );
}

/** The order in which tasks read a set that the protocol cuts for this method. */
function orderOf({ protocol, plan }: RowContext): Order {
  return protocol.order(plan.splitOrder) === 'file'
    ? { kind: 'file' }
    : { kind: 'numpy-permutation', seed: protocol.permutationSeed };
}

/** Every candidate on one validation split: one task, because batches restart where the split starts. */
export function sweepSeries(
  context: RowContext,
  model: ModelSpec,
  dataset: ResolvedDataset,
  { from, to }: Range,
  fit: string | null,
): string {
  const { builder, plan } = context;
  const { cost, candidates } = plan;
  const columns = plan.columns.length * candidates.length;
  const task = header(context, model, {
    kind: 'sweep',
    from,
    to,
    data: dataset.test.ref,
    order: orderOf(context),
  });
  const unit = unitOf(context, {
    fit,
    candidates: { kind: 'listed', list: candidates },
    columns,
    ...cost.sweep,
  });
  // The shared first pass is below 1 % of a sweep, so each method's sweep is a task of its own.
  const id = builder.add(task, identified(task, unit), true);
  return builder.addSeries(identifiedSeries({ columns, parts: [{ unit: id, from, to }] }));
}

/** One candidate on the test split, in slices whose batches are the protocol's. */
export function chosenSeries(
  context: RowContext,
  model: ModelSpec,
  dataset: ResolvedDataset,
  candidates: PlannedUnit['candidates'],
  { from: first, to: end }: Range,
  fit: string | null,
): string {
  const { builder, plan, slice } = context;
  const { columns, cost } = plan;
  const unit = unitOf(context, {
    fit,
    candidates,
    columns: columns.length,
    ...cost.score,
  });
  const parts = slices(first, end, slice).map(({ from, to }): SeriesPart => {
    const task = header(context, model, {
      kind: 'score',
      from,
      to,
      data: dataset.test.ref,
      order: orderOf(context),
    });
    return { unit: builder.add(task, identified(task, unit)), from, to };
  });
  return builder.addSeries(identifiedSeries({ columns: columns.length, parts }));
}

function slices(from: number, to: number, size: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil((to - from) / size) }, (_, i) => ({
    from: from + i * size,
    to: Math.min(from + (i + 1) * size, to),
  }));
}
