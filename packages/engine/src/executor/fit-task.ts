import { writeSafetensors } from '@oodgrid/formats';
import type { Network } from '@oodgrid/models';
import { type Digest, OodError } from '@oodgrid/protocol';
import { tf } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { Fitter, Method } from '../methods/method.js';
import type { ImageSource } from './image-source.js';
import { blameLayer, type Computation, finiteTaps, type LoadedModel } from './not-finite.js';
import type { TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

export interface FittedUnit {
  readonly key: Digest;
  readonly blob: Digest;
}

/** One pass over the fit's data for all units; stores each fitted state as a safetensors blob. */
export async function runFitUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  io: TaskIo,
  meter: WorkMeter,
): Promise<readonly FittedUnit[]> {
  const { model, modelName } = loaded;
  const fits = units.map(({ spec, method }) => ({
    key: spec.key,
    method: method.name,
    fitter: newFitter(method, model),
  }));
  const taps = [...new Set(units.flatMap(({ method }) => method.fitTaps?.(model.architecture) ?? []))];
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    tf.tidy(() => {
      const batch = source.batch(start);
      const computation = { ...loaded, batch };
      const values = finiteTaps(computation, batch.x, taps);
      for (const { method, fitter } of fits) {
        const bad = fitter.add(values, batch.labels);
        if (bad !== null) refuseFeatures(computation, method, bad);
      }
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
    });
    io.progress(meter.counts);
    // Kernels are synchronous: without a pause no message could leave during a long fit.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const fitted: FittedUnit[] = [];
  for (const { key, method, fitter } of fits) {
    const tensors = [...fitter.finish()].map(
      ([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }] as const,
    );
    for (const [name, { data }] of tensors) {
      if (firstNotFinite(data) >= 0) {
        throw new OodError(
          'not-finite',
          `what "${method}" fits on ${source.name} with model "${modelName}" is not finite: ${name}`,
        );
      }
    }
    fitted.push({ key, blob: await io.putBlob(writeSafetensors(new Map(tensors))) });
  }
  return fitted;
}

function refuseFeatures(computation: Computation, method: string, tap: string): never {
  blameLayer(computation, computation.batch.x);
  throw new OodError(
    'not-finite',
    `method "${method}": the features of ${tap} of ${computation.batch.source} with model "${computation.modelName}" overflow float32 when they are averaged`,
  );
}

function newFitter(method: Method, model: Network): Fitter {
  if (method.fitter === undefined) throw new OodError('internal', `method "${method.name}" is not fitted`);
  return method.fitter(tf, model.architecture, model.facts.classes);
}
