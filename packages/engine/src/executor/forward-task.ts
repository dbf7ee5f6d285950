import { OodError } from '@oodgrid/protocol';
import { type Tensor, type Tensor2D, tf } from '../backend/tensors.js';
import type { ForwardScorer } from '../methods/method.js';
import type { ImageSource } from './image-source.js';
import { type Computation, finiteTaps, type LoadedModel, requireFiniteScores } from './not-finite.js';
import type { Chunk, TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

/** One canonical pass per batch, whatever the number of units: each scores the same taps. */
export async function runForwardUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  seed: number,
  io: TaskIo,
  meter: WorkMeter,
): Promise<void> {
  const { model } = loaded;
  const scorers = units.map((unit) => ({ unit, scorer: forwardScorer(unit) }));
  const taps = [
    ...new Set(scorers.flatMap(({ unit, scorer }) => scorer.taps(model.architecture, unit.spec.options))),
  ];
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    const chunks = tf.tidy(() => {
      const batch = source.batch(start);
      const computation = { ...loaded, batch };
      const values = finiteTaps(computation, batch.x, taps);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
      return scorers.map(({ unit, scorer }) => {
        meter.forwards += batch.indices.length * scorer.passes(unit.spec.options);
        return scoreBatch(computation, values, unit, scorer, seed);
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
  computation: Computation,
  taps: ReadonlyMap<string, Tensor>,
  { spec, fitted }: OpenUnit,
  scorer: ForwardScorer,
  seed: number,
): Chunk {
  const { model, batch } = computation;
  const { indices, firstRow } = batch;
  return tf.tidy(() => {
    const scores = scorer.score({
      tf,
      architecture: model.architecture,
      options: spec.options,
      fitted,
      taps,
      indices,
      labels: batch.labels,
      seed,
      *stochasticLogits(passes): Iterable<Tensor2D> {
        const from = taps.get(model.facts.dropoutTap ?? '');
        if (from === undefined)
          throw new OodError('internal', `${spec.method} needs the tap before the first dropout`);
        yield* model.dropoutLogits(from, indices, passes.length, seed);
      },
    });
    const data = scores.dataSync<'float32'>();
    requireFiniteScores(computation, batch.x, spec.method, data, scores.shape[1]);
    return { key: spec.key, offsetRows: firstRow, rows: scores.shape[0], columns: scores.shape[1], data };
  });
}
