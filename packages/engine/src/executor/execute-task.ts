import { type Digest, OodError, type TaskSpec, type WorkCounts } from '@oodgrid/protocol';
import type { Engine } from '../backend/engine.js';
import { loadModel } from '../models/load-model.js';
import type { Model } from '../models/model.js';
import { type FittedUnit, runFitUnits } from './fit-task.js';
import { runForwardUnits } from './forward-task.js';
import { runGradientUnits } from './gradient-task.js';
import { ImageSource } from './image-source.js';
import { type TaskIo, WorkMeter } from './task-io.js';
import { closeUnits, openUnits } from './unit.js';

export interface TaskOutcome {
  readonly fitted: readonly FittedUnit[];
  readonly work: WorkCounts;
}

/**
 * Computes every unit of a task. Scores leave by `io.emit`, batch by batch; fitted states as blobs.
 * Tensors are all freed when it returns or throws.
 */
export async function executeTask(engine: Engine, task: TaskSpec, io: TaskIo): Promise<TaskOutcome> {
  using model = loadModel(task.model, await io.blob(task.model.weights), engine.kernels);
  const source = await ImageSource.open(task, (digest: Digest) => io.blob(digest));
  const units = await openUnits(task.units, io);
  const meter = new WorkMeter();
  try {
    const fitted = await runUnits(task, model, source, units, io, meter);
    return { fitted, work: meter.counts };
  } finally {
    closeUnits(units);
  }
}

async function runUnits(
  task: TaskSpec,
  model: Model,
  source: ImageSource,
  units: Awaited<ReturnType<typeof openUnits>>,
  io: TaskIo,
  meter: WorkMeter,
): Promise<readonly FittedUnit[]> {
  if (task.kind === 'fit') return runFitUnits(model, source, units, io, meter);
  const forward = units.filter(({ spec }) => spec.candidates.length === 0);
  const gradient = units.filter(({ spec }) => spec.candidates.length > 0);
  if (forward.length > 0 && gradient.length > 0) {
    throw new OodError('internal', 'a task mixes units of the canonical pass with units of permuted batches');
  }
  if (forward.length > 0) await runForwardUnits(model, source, forward, task.seed, io, meter);
  if (gradient.length > 0) await runGradientUnits(model, source, gradient, task.transform.std, io, meter);
  return [];
}
