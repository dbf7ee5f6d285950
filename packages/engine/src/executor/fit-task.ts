import { type Digest, OodError } from '@oodgrid/protocol';
import { tf } from '../backend/tensors.js';
import { writeSafetensors } from '../formats/safetensors.js';
import type { Fitter, Method } from '../methods/method.js';
import type { Model } from '../models/model.js';
import type { ImageSource } from './image-source.js';
import type { TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

export interface FittedUnit {
  readonly key: Digest;
  readonly blob: Digest;
}

/** One pass over the fit's data for all units; stores each fitted state as a safetensors blob. */
export async function runFitUnits(
  model: Model,
  source: ImageSource,
  units: readonly OpenUnit[],
  io: TaskIo,
  meter: WorkMeter,
): Promise<readonly FittedUnit[]> {
  const fits = units.map(({ spec, method }) => ({ key: spec.key, fitter: newFitter(method, model) }));
  const taps = [...new Set(units.flatMap(({ method }) => method.fitTaps?.(model.architecture) ?? []))];
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    tf.tidy(() => {
      const batch = source.batch(start);
      const values = model.taps(batch.x, taps);
      for (const { fitter } of fits) fitter.add(values, batch.labels);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
    });
    io.progress(meter.counts);
    // Kernels are synchronous: without a pause no message could leave during a long fit.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const fitted: FittedUnit[] = [];
  for (const { key, fitter } of fits) {
    const tensors = [...fitter.finish()].map(
      ([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }] as const,
    );
    fitted.push({ key, blob: await io.putBlob(writeSafetensors(new Map(tensors))) });
  }
  return fitted;
}

function newFitter(method: Method, model: Model): Fitter {
  if (method.fitter === undefined) throw new OodError('internal', `method "${method.name}" is not fitted`);
  return method.fitter(tf, model.architecture, model.classes);
}
