import type { Network, Trace } from '@oodgrid/models';
import { type Candidate, OodError } from '@oodgrid/protocol';
import { type Tensor, type Tensor1D, type Tensor4D, tf } from '../backend/tensors.js';
import type { Direction, GradientContext, GradientScorer } from '../methods/method.js';
import type { ImageSource } from './image-source.js';
import {
  type Computation,
  finiteTap,
  type LoadedModel,
  requireFiniteScores,
  requireFiniteStep,
  requireFiniteTaps,
} from './not-finite.js';
import type { Chunk, TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

/** One (direction, magnitude) of a unit and the columns of the result that it fills. */
interface Job {
  readonly magnitude: number;
  readonly column: number;
}

interface PlannedUnit {
  readonly unit: OpenUnit;
  readonly scorer: GradientScorer;
  readonly columns: number;
  readonly directions: readonly { readonly direction: Direction; readonly jobs: readonly Job[] }[];
}

/**
 * Per batch: one forward pass for the gradients of all units, one gradient per direction for all
 * magnitudes, one forward pass per (direction, magnitude) no further than the layer that it scores.
 */
export async function runGradientUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  std: readonly number[],
  io: TaskIo,
  meter: WorkMeter,
): Promise<void> {
  const { model } = loaded;
  const planned = units.map((unit) => planUnit(model, unit));
  const taps = [
    ...new Set(planned.flatMap(({ directions }) => directions.map(({ direction }) => direction.tap))),
  ];
  for (const start of source.batches) {
    const chunks: Chunk[] = [];
    // A scope by hand, because the batch's tensors outlive the pauses in it.
    tf.engine().startScope('batch');
    try {
      const batch = source.batch(start);
      const trace = model.trace(batch.x, taps);
      const computation = { ...loaded, batch };
      requireFiniteTaps(computation, batch.x, trace.taps);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
      const moved = { computation, trace, std: tf.tensor1d([...std]), meter };
      for (const unit of planned) {
        const data = new Float32Array(batch.indices.length * unit.columns);
        for (const line of unit.directions) {
          io.signal.throwIfAborted();
          scoreDirection(moved, unit, line, data);
          io.progress(meter.counts);
          // Kernels are synchronous: without a pause no message could come or go during a long sweep.
          await new Promise((resolve) => setImmediate(resolve));
        }
        const { spec } = unit.unit;
        chunks.push({
          key: spec.key,
          offsetRows: batch.firstRow,
          rows: batch.indices.length,
          columns: unit.columns,
          data,
        });
      }
    } finally {
      tf.engine().endScope();
    }
    for (const chunk of chunks) await io.emit(chunk);
  }
}

function planUnit(model: Network, unit: OpenUnit): PlannedUnit {
  const scorer = unit.method.gradient;
  if (scorer === undefined) throw new OodError('internal', `method "${unit.method.name}" takes no gradient`);
  const byDirection = new Map<string, { direction: Direction; jobs: Job[] }>();
  let columns = 0;
  for (const candidate of unit.spec.candidates) {
    for (const direction of scorer.directions(model.architecture, candidate)) {
      const entry = byDirection.get(direction.id) ?? { direction, jobs: [] };
      entry.jobs.push({ magnitude: magnitudeOf(candidate), column: columns++ });
      byDirection.set(direction.id, entry);
    }
  }
  return { unit, scorer, columns, directions: [...byDirection.values()] };
}

function magnitudeOf(candidate: Candidate): number {
  const { magnitude } = candidate;
  if (magnitude === undefined)
    throw new OodError('internal', `candidate ${JSON.stringify(candidate)} has no magnitude`);
  return magnitude;
}

interface MovedBatch {
  readonly computation: Computation;
  readonly trace: Trace;
  readonly std: Tensor1D;
  readonly meter: WorkMeter;
}

/** Fills one direction's columns of `data` [rows, columns]. */
function scoreDirection(
  { computation, trace, std, meter }: MovedBatch,
  { unit, scorer, columns }: PlannedUnit,
  { direction, jobs }: PlannedUnit['directions'][number],
  data: Float32Array,
): void {
  const { x } = computation.batch;
  const rows = x.shape[0];
  const method = unit.method.name;
  const context: GradientContext = { tf, fitted: unit.fitted };
  tf.tidy(() => {
    const tap = trace.taps.get(direction.tap);
    if (tap === undefined) throw new OodError('internal', `tap ${direction.tap} was not traced`);
    let step: Tensor | undefined;
    for (const { magnitude, column } of jobs) {
      // A magnitude of 0 leaves the input as it is: the traced tap is what a pass would give.
      if (magnitude !== 0 && step === undefined) {
        const gradient = trace.gradient(direction.tap, scorer.cotangent(context, tap, direction));
        step = scorer.step(context, gradient, std);
        requireFiniteStep(computation, method, direction.tap, gradient, step);
        meter.gradients += rows;
      }
      const values = tf.tidy(() => {
        const input =
          magnitude === 0 || step === undefined ? x : tf.add<Tensor4D>(x, tf.mul(step, magnitude));
        const features = input === x ? tap : finiteTap(computation, input, direction.tap);
        const scores = scorer.score(context, features, direction).dataSync<'float32'>();
        requireFiniteScores(computation, input, method, scores);
        return scores;
      });
      if (magnitude !== 0) meter.forwards += rows;
      for (let row = 0; row < rows; row++) data[row * columns + column] = values[row] ?? 0;
    }
  });
}
