import { moduleName, OodError } from '@oodgrid/contract';
import type { Arithmetic } from '@oodgrid/methods';
import type { TapModel, Taps } from '@oodgrid/models';
import { type Tensor, type Tensor4D, tf, tidied } from '../backend/tensors.js';
import { firstNotFinite } from '../finite.js';
import type { ImageBatch } from './image-source.js';
import { requireTaps } from './require-taps.js';

/** A model, and what is known of it. */
export interface LoadedModel {
  readonly model: TapModel;
  /** The model's name in the grid. */
  readonly modelName: string;
  /** Known beforehand: no layer can overflow, whatever the image. */
  readonly isBounded: boolean;
}

/** The computation in which something was not finite. */
export interface Computation extends LoadedModel {
  readonly batch: ImageBatch;
}

const ADVICE =
  'check that the weights belong to this architecture and were not rescaled, and that the normalisation fits the data';

/** Whether all of a tensor is finite, told from its sum: cheap, and wrong only where finite values add up to infinity. */
function seemsFinite(values: Tensor): boolean {
  return Number.isFinite(tf.tidy(() => tf.sum(values).dataSync<'float32'>()[0] ?? Number.NaN));
}

/**
 * Values of the wanted taps of one forward pass. Throws `not-finite` naming model, layer and sample where a layer
 * overflows. Where that is not ruled out beforehand, every layer is computed and looked at: a max-pool passes
 * over NaN, so the logits alone would not tell.
 */
export async function finiteTaps(
  computation: Computation,
  x: Tensor4D,
  wanted: readonly string[],
): Promise<Taps> {
  const { model, isBounded, batch } = computation;
  const all = model.facts.taps;
  const last = Math.max(...wanted.map((tap) => all.indexOf(tap)));
  const names = isBounded ? wanted : all.slice(0, last + 1);
  const taps = await model.taps(x, batch.indices, names);
  requireTaps(model.facts, taps, names, batch.indices.length);
  if (!isBounded) await requireFiniteTaps(computation, x, taps);
  return taps;
}

/** Throws `not-finite` naming model, layer and sample where one of a pass's values is. `x` is what went in. */
export async function requireFiniteTaps(computation: Computation, x: Tensor4D, taps: Taps): Promise<void> {
  if (computation.isBounded) return;
  for (const tap of taps.values()) if (!seemsFinite(tap)) await blameLayer(computation, x);
}

/**
 * Throws `not-finite` where the values of `arithmetic` for a batch are not: named by the first layer whose values are
 * not finite either, or else by the method. `x` is what went into the model. `values` [n, columns].
 */
export async function requireFiniteScores(
  computation: Computation,
  x: Tensor4D,
  { name, module }: Pick<Arithmetic, 'name' | 'module'>,
  values: Float32Array,
  columns = 1,
): Promise<void> {
  const bad = firstNotFinite(values);
  if (bad < 0) return;
  await blameLayer(computation, x);
  const { modelName } = computation;
  const { tap, size } = await largestFeature(computation, x);
  const method = `method "${name}"${module === undefined ? '' : ` of ${moduleName(module.url)}`}`;
  const advice =
    module === undefined ? ADVICE : `look for 0 / 0, log(0) and overflow in its score; or ${ADVICE}`;
  throw new OodError(
    'not-finite',
    `${method} gives ${values[bad]} for ${sample(computation, Math.floor(bad / columns))} with model "${modelName}": the layers are finite, but reach ${size.toExponential(1)} in ${tap}, and what the method makes of that does not fit into float32; ${advice}`,
  );
}

/** Throws `not-finite` where a gradient, or the step made of it, is not: the sign of a NaN would pass unnoticed. */
export async function requireFiniteStep(
  computation: Computation,
  method: string,
  tap: string,
  gradient: Tensor,
  step: Tensor,
): Promise<void> {
  for (const [what, values] of [
    ['the gradient', gradient],
    ['the step along the gradient', step],
  ] as const) {
    if (seemsFinite(values)) continue;
    const data = values.dataSync<'float32'>();
    const bad = firstNotFinite(data);
    if (bad < 0) continue;
    await blameLayer(computation, computation.batch.x);
    const isFlat = gradient.dataSync<'float32'>().every((value) => value === 0);
    const reason = isFlat
      ? `${tap} does not react to the input: its gradient is 0 for the whole batch; are its units dead?`
      : ADVICE;
    throw new OodError(
      'not-finite',
      `method "${method}": ${what} of ${tap} is ${data[bad]} for ${sample(computation, Math.floor((bad / data.length) * computation.batch.indices.length))} with model "${computation.modelName}"; ${reason}`,
    );
  }
}

/** Computes every layer and throws at the first whose values are not finite; returns where all are. */
export async function blameLayer(computation: Computation, x: Tensor4D): Promise<void> {
  const { model, modelName, batch } = computation;
  await tidied(async () => {
    const taps = await model.taps(x, batch.indices, model.facts.taps);
    for (const name of model.facts.taps) {
      const data = taps.get(name)?.dataSync<'float32'>();
      if (data === undefined) throw new OodError('internal', `model "${modelName}" has no tap "${name}"`);
      const bad = firstNotFinite(data);
      if (bad < 0) continue;
      const row = Math.floor(bad / (data.length / x.shape[0]));
      throw new OodError(
        'not-finite',
        `model "${modelName}": ${name} gives ${data[bad]} for ${sample(computation, row)}: the pass overflows float32 there; ${ADVICE}`,
      );
    }
  });
}

async function largestFeature({ model, batch }: Computation, x: Tensor4D) {
  return tidied(async () => {
    let largest = { tap: 'the input', size: tf.max(tf.abs(x)).dataSync<'float32'>()[0] ?? Number.NaN };
    for (const [tap, values] of await model.taps(x, batch.indices, model.facts.taps)) {
      const size = tf.max(tf.abs(values)).dataSync<'float32'>()[0] ?? Number.NaN;
      if (size > largest.size) largest = { tap, size };
    }
    return largest;
  });
}

const sample = ({ batch }: Computation, row: number): string =>
  `sample ${batch.indices[row]} of ${batch.source}`;
