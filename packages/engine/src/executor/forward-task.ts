import { OodError } from '@oodgrid/protocol';
import { as2D, type Tensor, type Tensor2D, tf } from '../backend/tensors.js';
import type { ForwardScorer } from '../methods/method.js';
import type { Model } from '../models/model.js';
import { dropoutMasks } from './dropout-masks.js';
import type { ImageBatch, ImageSource } from './image-source.js';
import type { Chunk, TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

/** One canonical pass per batch, whatever the number of units: each scores the same taps. */
export async function runForwardUnits(
  model: Model,
  source: ImageSource,
  units: readonly OpenUnit[],
  seed: number,
  io: TaskIo,
  meter: WorkMeter,
): Promise<void> {
  const scorers = units.map((unit) => ({ unit, scorer: forwardScorer(unit) }));
  const taps = [
    ...new Set(scorers.flatMap(({ unit, scorer }) => scorer.taps(model.architecture, unit.spec.options))),
  ];
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    const chunks = tf.tidy(() => {
      const batch = source.batch(start);
      const trace = model.trace(batch.x, taps);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
      return scorers.map(({ unit, scorer }) => {
        meter.forwards += batch.indices.length * scorer.passes(unit.spec.options);
        return scoreBatch(model, trace.taps, batch, unit, scorer, seed);
      });
    });
    for (const chunk of chunks) await io.emit(chunk);
    io.progress(meter.counts);
  }
}

function forwardScorer({ method }: OpenUnit): ForwardScorer {
  if (method.forward === undefined)
    throw new OodError('internal', `method "${method.name}" has no forward scorer`);
  return method.forward;
}

function scoreBatch(
  model: Model,
  taps: ReadonlyMap<string, Tensor>,
  batch: ImageBatch,
  { spec, fitted }: OpenUnit,
  scorer: ForwardScorer,
  seed: number,
): Chunk {
  const { indices, firstRow } = batch;
  return tf.tidy(() => {
    const scores = scorer.score({
      tf,
      architecture: model.architecture,
      options: spec.options,
      fitted,
      taps,
      indices,
      seed,
      *stochasticLogits(passes): Iterable<Tensor2D> {
        const from = taps.get(model.lastDeterministicTap);
        if (from === undefined)
          throw new OodError('internal', `${spec.method} needs tap ${model.lastDeterministicTap}`);
        const masks = passes.map((pass) => dropoutMasks(model.dropouts, indices, pass, seed));
        for (const logits of model.stochasticLogits(from, model.lastDeterministicTap, masks)) {
          yield as2D(logits, indices.length, model.classes);
        }
      },
    });
    const data = scores.dataSync<'float32'>();
    return { key: spec.key, offsetRows: firstRow, rows: scores.shape[0], columns: scores.shape[1], data };
  });
}
