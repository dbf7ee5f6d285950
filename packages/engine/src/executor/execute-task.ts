import { OodError, type TaskSpec, type WorkCounts } from '@oodgrid/contract';
import type { Arithmetic } from '@oodgrid/methods';
import { type FittedUnit, runFitUnits } from './fit-task.js';
import { runForwardUnits } from './forward-task.js';
import { runGradientUnits } from './gradient-task.js';
import { ImageSource } from './image-source.js';
import { requireOffers } from './method-batch.js';
import type { LoadedModel } from './not-finite.js';
import { deviations } from './pixels.js';
import type { InputCounts, TaskInputs } from './task-inputs.js';
import { type TaskIo, WorkMeter } from './task-io.js';
import { closeUnits, openUnits } from './unit.js';

/** No method moves a pixel farther, in units of 1 / std: magnitudes are at most 10, steps a few hundred. */
const LARGEST_STEP = 10_000;

export interface TaskOutcome {
  readonly fitted: readonly FittedUnit[];
  readonly work: WorkCounts;
  /** Of the model and the images that it read: how many were open from an earlier task, and how many were not. */
  readonly inputs: { readonly hits: number; readonly misses: number };
}

/**
 * Computes every unit of a task. Scores leave by `io.emit`, batch by batch; fitted states as blobs.
 * Tensors are all freed when it returns or throws, but for those of models that `inputs` keeps open. `own`: arithmetic of users'
 * modules, which units may name beside the catalog's.
 */
export async function executeTask(
  inputs: TaskInputs,
  task: TaskSpec,
  io: TaskIo,
  own: readonly Arithmetic[] = [],
): Promise<TaskOutcome> {
  const before = inputs.counts;
  using model = await inputs.model(task.model, io);
  using split = await inputs.split(task.data.images, task.data.name, io);
  const source = new ImageSource(task, split.value);
  const largest = source.largestPixel + LARGEST_STEP / Math.min(...deviations(task.transform));
  const isBounded = await inputs.isBounded(model.value, task.model, largest, io);
  const loaded = { model: model.value.model, modelName: task.model.name, isBounded };
  const units = await openUnits(task.units, task.kind === 'fit', io, own);
  const meter = new WorkMeter();
  try {
    const fitted = await runUnits(task, loaded, source, units, io, meter);
    return { fitted, work: meter.counts, inputs: since(before, inputs.counts) };
  } finally {
    closeUnits(units);
  }
}

async function runUnits(
  task: TaskSpec,
  loaded: LoadedModel,
  source: ImageSource,
  units: Awaited<ReturnType<typeof openUnits>>,
  io: TaskIo,
  meter: WorkMeter,
): Promise<readonly FittedUnit[]> {
  for (const unit of units) requireOffers(unit, loaded.model);
  if (task.kind === 'fit') return runFitUnits(loaded, source, units, task.to - task.from, io, meter);
  const forward = units.filter(({ spec }) => spec.pass === 'forward');
  const gradient = units.filter(({ spec }) => spec.pass === 'gradient');
  if (forward.length > 0 && gradient.length > 0) {
    throw new OodError('internal', 'a task mixes units of the canonical pass with units of permuted batches');
  }
  if (forward.length > 0) await runForwardUnits(loaded, source, forward, task.seed, io, meter);
  if (gradient.length > 0) await runGradientUnits(loaded, source, gradient, task, io, meter);
  return [];
}

/** Of models and splits together; tasks run one at a time. */
function since(before: InputCounts, now: InputCounts): TaskOutcome['inputs'] {
  const all = ({ models, splits }: InputCounts, count: 'hits' | 'misses') => models[count] + splits[count];
  return { hits: all(now, 'hits') - all(before, 'hits'), misses: all(now, 'misses') - all(before, 'misses') };
}
