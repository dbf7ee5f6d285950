import { type Digest, OodError } from '@oodgrid/contract';
import { writeSafetensors } from '@oodgrid/formats';
import type { Fit, FitContext, Head, Rows } from '@oodgrid/methods';
import { tidied } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { ImageSource } from './image-source.js';
import { fitBatch, headOf, sharedTaps } from './method-batch.js';
import { blameLayer, type Computation, finiteTaps, type LoadedModel } from './not-finite.js';
import type { TaskIo, WorkMeter } from './task-io.js';
import type { OpenUnit } from './unit.js';

export interface FittedUnit {
  readonly key: Digest;
  readonly blob: Digest;
}

/** The state of a unit's fit over the batches so far. */
interface Collection {
  readonly unit: OpenUnit;
  readonly fit: Fit;
  readonly kept: Map<string, Rows>;
}

/** One pass over the fit's data, `rows` samples, for all units; stores each fitted state as a safetensors blob. */
export async function runFitUnits(
  loaded: LoadedModel,
  source: ImageSource,
  units: readonly OpenUnit[],
  rows: number,
  io: TaskIo,
  meter: WorkMeter,
): Promise<readonly FittedUnit[]> {
  const collections = units.map((unit) => ({ unit, fit: fitOf(unit), kept: new Map<string, Rows>() }));
  const taps = sharedTaps(units, loaded);
  const labels = new Int32Array(rows);
  let isLabelled = true;
  for (const start of source.batches) {
    io.signal.throwIfAborted();
    await tidied(async () => {
      const batch = source.batch(start);
      const computation = { ...loaded, batch };
      const values = await finiteTaps(computation, batch.x, taps);
      if (batch.labels === null) isLabelled = false;
      else labels.set(batch.labels, batch.firstRow);
      for (const one of collections) await collect(one, computation, values, rows);
      meter.images += batch.indices.length;
      meter.forwards += batch.indices.length;
    });
    io.progress(meter.counts);
    // Kernels are synchronous: without a pause no message could leave during a long fit.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const fitted: FittedUnit[] = [];
  for (const { unit, fit, kept } of collections) {
    const { method, key } = unit.spec;
    const context = contextOf(loaded, source, isLabelled ? labels : new Int32Array(), unit);
    const tensors = Object.entries(fit.solve(named(kept, method), context)).map(
      ([name, { shape, data }]) => [name, { dtype: 'F32', shape, data }] as const,
    );
    for (const [name, { data }] of tensors) {
      if (firstNotFinite(data) >= 0) {
        throw new OodError(
          'not-finite',
          `what "${method}" fits on ${source.name} with model "${loaded.modelName}" is not finite: ${name}`,
        );
      }
    }
    fitted.push({ key, blob: await io.putBlob(writeSafetensors(new Map(tensors))) });
  }
  return fitted;
}

/** Adds what the unit keeps of a batch to what it kept of those before. */
async function collect(
  { unit, fit, kept }: Collection,
  computation: Computation,
  taps: Parameters<typeof fitBatch>[2],
  rows: number,
): Promise<void> {
  const { batch } = computation;
  if (fit.needsLabels !== undefined && batch.labels === null)
    throw new OodError(
      'invalid-input',
      `${unit.spec.method} needs labels of the train set; ${batch.source} has none`,
    );
  await tidied(async () => {
    for (const [name, tensor] of Object.entries(fit.collect(fitBatch(unit, computation, taps)))) {
      const [, columns] = tensor.shape;
      const values = tensor.dataSync<'float32'>();
      if (firstNotFinite(values) >= 0) await refuseFeatures(computation, unit.spec.method, name);
      const all = kept.get(name) ?? { rows, columns, data: new Float32Array(rows * columns) };
      all.data.set(values, batch.firstRow * columns);
      kept.set(name, all);
    }
  });
}

function contextOf(
  { model }: LoadedModel,
  source: ImageSource,
  labels: Int32Array,
  unit: OpenUnit,
): FitContext {
  return {
    facts: model.facts,
    source: source.name,
    labels,
    get head() {
      return headRows(headOf(unit, model));
    },
  };
}

/** The last layer as numbers. */
function headRows(head: Head): FitContext['head'] {
  const [rows, columns] = head.weight.shape;
  return {
    weight: { rows, columns, data: head.weight.dataSync<'float32'>() },
    bias: head.bias.dataSync<'float32'>(),
  };
}

function named(kept: ReadonlyMap<string, Rows>, method: string) {
  return (name: string): Rows => {
    const found = kept.get(name);
    if (found === undefined) throw new OodError('internal', `the fit of "${method}" keeps no "${name}"`);
    return found;
  };
}

async function refuseFeatures(computation: Computation, method: string, tap: string): Promise<never> {
  await blameLayer(computation, computation.batch.x);
  throw new OodError(
    'not-finite',
    `method "${method}": the features of ${tap} of ${computation.batch.source} with model "${computation.modelName}" overflow float32 when they are averaged`,
  );
}

function fitOf({ arithmetic: { fit }, spec }: OpenUnit): Fit {
  if (fit === undefined) throw new OodError('internal', `method "${spec.method}" is not fitted`);
  return fit;
}
