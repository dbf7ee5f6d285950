import {
  factsOf,
  findArchitecture,
  isOverflowImpossible,
  type ModelRuntime,
  openNetwork,
} from '@oodgrid/models';
import {
  type Digest,
  type ModelFacts,
  type ModelSpec,
  OodError,
  type TaskSpec,
  type WorkCounts,
} from '@oodgrid/protocol';
import type { Engine } from '../backend/engine.js';
import { tf } from '../backend/tensors.js';
import { type FittedUnit, runFitUnits } from './fit-task.js';
import { runForwardUnits } from './forward-task.js';
import { runGradientUnits } from './gradient-task.js';
import { ImageSource } from './image-source.js';
import { requireOffers } from './method-batch.js';
import type { LoadedModel } from './not-finite.js';
import { type TaskIo, WorkMeter } from './task-io.js';
import { closeUnits, openUnits } from './unit.js';

/** No method moves a pixel farther, in units of 1 / std: magnitudes are at most 10, steps a few hundred. */
const LARGEST_STEP = 10_000;

export interface TaskOutcome {
  readonly fitted: readonly FittedUnit[];
  readonly work: WorkCounts;
}

/**
 * Computes every unit of a task. Scores leave by `io.emit`, batch by batch; fitted states as blobs.
 * Tensors are all freed when it returns or throws.
 */
export async function executeTask(engine: Engine, task: TaskSpec, io: TaskIo): Promise<TaskOutcome> {
  const weights = await io.blob(task.model.weights);
  const runtime = { ops: tf, kernels: engine.kernels };
  const facts = modelFacts(task.model);
  using model = openNetwork(runtime, facts, weights);
  const source = await ImageSource.open(task, (digest: Digest) => io.blob(digest));
  const largest = source.largestPixel + LARGEST_STEP / Math.min(...task.transform.std);
  const isBounded = isKnownBounded(runtime, facts, weights, task.model.weights, largest);
  const loaded = { model, modelName: task.model.name, isBounded };
  const units = await openUnits(task.units, task.kind === 'fit', io);
  const meter = new WorkMeter();
  try {
    const fitted = await runUnits(task, loaded, source, units, io, meter);
    return { fitted, work: meter.counts };
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

function modelFacts({ name, architecture, classes }: ModelSpec): ModelFacts {
  const found = findArchitecture(architecture);
  if (found !== undefined) return factsOf(found, name, classes);
  throw new OodError('not-found', `model "${name}": this engine has no architecture "${architecture}"`);
}

/** The answer costs as much as loading the model, and a process computes many tasks of few models. */
const answers = new Map<string, boolean>();
const MAX_ANSWERS = 100;

function isKnownBounded(
  runtime: ModelRuntime,
  facts: ModelFacts,
  weights: Uint8Array,
  digest: Digest,
  largestInput: number,
): boolean {
  const key = JSON.stringify([facts.architecture, facts.classes, digest, largestInput]);
  const answer = answers.get(key) ?? isOverflowImpossible(runtime, facts, weights, largestInput);
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(key, answer);
  return answer;
}
