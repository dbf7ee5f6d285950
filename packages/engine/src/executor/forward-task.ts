import type { Taps } from '@oodgrid/models';
import { tf, tidied } from '../backend/tensors.js';
import type { ImageSource } from './image-source.js';
import { sharedTaps, UnitBatch } from './method-batch.js';
import { type Computation, finiteTaps, type LoadedModel, requireFiniteScores } from './not-finite.js';
import type { Chunk, TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

/** One canonical pass per batch, whatever the number of units and settings: each scores the same taps. */
export async function runForwardUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  seed: number,
  io: TaskIo,
  meter: WorkMeter,
): Promise<void> {
  const taps = sharedTaps(units, loaded);
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    const chunks: Chunk[] = [];
    await tidied(async () => {
      const batch = source.batch(start);
      const computation = { ...loaded, batch };
      // What was computed elsewhere needs no pass.
      const values: Taps = taps.length === 0 ? new Map() : await finiteTaps(computation, batch.x, taps);
      meter.images += batch.indices.length;
      meter.forwards += taps.length === 0 ? 0 : batch.indices.length;
      for (const unit of units) {
        meter.forwards += batch.indices.length * stochasticPasses(unit);
        chunks.push(await scoreBatch(computation, values, unit, seed));
      }
    });
    for (const chunk of chunks) await io.emit(chunk);
    io.progress(meter.counts);
  }
}

const stochasticPasses = ({ arithmetic, settings }: OpenUnit): number =>
  settings.reduce((sum, setting) => sum + (arithmetic.passes?.(setting) ?? 0), 0);

async function scoreBatch(
  computation: Computation,
  taps: Taps,
  unit: OpenUnit,
  seed: number,
): Promise<Chunk> {
  const { batch } = computation;
  const { arithmetic, settings, spec } = unit;
  const names = arithmetic.columns?.(computation.model.facts) ?? ['score'];
  const rows = batch.indices.length;
  const columns = settings.length * names.length;
  const data = new Float32Array(rows * columns);
  using shared = new UnitBatch(unit, computation, seed);
  for (const [s, setting] of settings.entries()) {
    for (const [c, name] of names.entries()) {
      const values = tf.tidy(() => arithmetic.score(shared.of(setting, taps), name).dataSync<'float32'>());
      fillColumn(data, values, s * names.length + c, columns);
    }
  }
  await requireFiniteScores(computation, batch.x, arithmetic, data, columns);
  return { key: spec.key, offsetRows: batch.firstRow, rows, columns, data };
}

/** Puts a value per row into one column of `data` [rows, columns]. */
export function fillColumn(data: Float32Array, values: Float32Array, column: number, columns: number): void {
  for (let row = 0; row * columns < data.length; row++)
    data[row * columns + column] = values[row] ?? Number.NaN;
}
