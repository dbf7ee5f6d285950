import { OodError } from '@oodgrid/contract';
import type { Batch, FitBatch, Head } from '@oodgrid/methods';
import type { TapModel } from '@oodgrid/models';
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../backend/tensors.js';
import type { Computation, LoadedModel } from './not-finite.js';
import type { OpenUnit, Setting } from './unit.js';

/** Taps that the units of a task read of the shared pass, each once. */
export function sharedTaps(units: readonly OpenUnit[], { model: { facts } }: LoadedModel): readonly string[] {
  const taps = units.flatMap(({ arithmetic }) => {
    const { taps, dropout } = arithmetic.needs(facts);
    return dropout === true && facts.dropoutTap !== null ? [...taps, facts.dropoutTap] : taps;
  });
  return [...new Set(taps)];
}

/** Throws `invalid-input` where a unit needs what the model does not offer; grids with such units are refused before they run. */
export function requireOffers({ arithmetic, spec }: OpenUnit, { facts }: TapModel): void {
  const { taps, head, dropout } = arithmetic.needs(facts);
  const isLacking =
    taps.some((tap) => !facts.taps.includes(tap)) ||
    (head === true && !facts.offers.head) ||
    (dropout === true && !facts.offers.dropout) ||
    (spec.pass === 'gradient' && !facts.offers.gradient);
  if (isLacking)
    throw new OodError('invalid-input', `model "${facts.name}" lacks what method "${spec.method}" needs`);
}

/** A value by its name; what is not there was not declared. */
function named(values: ReadonlyMap<string, Tensor>, what: string, method: string) {
  return (name: string): Tensor => {
    const found = values.get(name);
    if (found === undefined) throw new OodError('internal', `method "${method}" has no ${what} "${name}"`);
    return found;
  };
}

/** A tap that the method's `needs` names: whatever else a pass happens to give is another model's or neighbour's chance. */
function neededTap(values: ReadonlyMap<string, Tensor>, needed: readonly string[], method: string) {
  const tap = named(values, 'tap', method);
  return (name: string): Tensor => {
    if (needed.includes(name)) return tap(name);
    throw new OodError('internal', `method "${method}" does not say that it needs the tap "${name}"`);
  };
}

/** The last layer. Throws `internal` for a method that does not say that it needs it. */
export function headOf({ arithmetic, spec }: OpenUnit, { head, facts }: TapModel): Head {
  if (arithmetic.needs(facts).head !== true || head === undefined)
    throw new OodError('internal', `method "${spec.method}" does not say that it needs the last layer`);
  return head;
}

/** Returns the view of one batch for a fit's `collect`; to be used inside a `tf.tidy`. */
export function fitBatch(
  unit: OpenUnit,
  { model }: LoadedModel,
  taps: ReadonlyMap<string, Tensor>,
): FitBatch {
  const { taps: needed } = unit.arithmetic.needs(model.facts);
  return {
    ops: tf,
    facts: model.facts,
    get head() {
      return headOf(unit, model);
    },
    tap: neededTap(taps, needed, unit.spec.method),
  };
}

/** One unit on one batch: what its settings and columns share lives as long as this. */
export class UnitBatch implements Disposable {
  readonly #unit: OpenUnit;
  readonly #computation: Computation;
  readonly #seed: number;
  readonly #needed: readonly string[];
  readonly #shared = new Map<string, Tensor>();

  constructor(unit: OpenUnit, computation: Computation, seed: number) {
    this.#unit = unit;
    this.#computation = computation;
    this.#seed = seed;
    this.#needed = unit.arithmetic.needs(computation.model.facts).taps;
  }

  /** Returns the view of a batch under one setting, from the pass that computed `taps`; to be used inside a `tf.tidy`. */
  of(setting: Setting, taps: ReadonlyMap<string, Tensor>): Batch<Setting> {
    const unit = this.#unit;
    const { spec, settings, fitted } = unit;
    const { model, batch } = this.#computation;
    return {
      ops: tf,
      facts: model.facts,
      setting,
      settings,
      indices: batch.indices,
      get head() {
        return headOf(unit, model);
      },
      tap: neededTap(taps, this.#needed, spec.method),
      state: named(fitted, 'fitted state', spec.method),
      once: (key, make) => this.#once(key, make),
      dropoutLogits: (passes) => this.#dropoutLogits(taps, passes),
      labels: () => this.#labels(),
    };
  }

  [Symbol.dispose](): void {
    tf.dispose([...this.#shared.values()]);
  }

  #once(key: string, make: () => Tensor): Tensor {
    const value = this.#shared.get(key) ?? tf.keep(tf.tidy(make));
    this.#shared.set(key, value);
    return value;
  }

  #dropoutLogits(taps: ReadonlyMap<string, Tensor>, passes: number): Iterable<Tensor2D> {
    const { model, batch } = this.#computation;
    const { method } = this.#unit.spec;
    const { dropoutTap } = model.facts;
    if (dropoutTap === null || model.dropoutLogits === undefined)
      throw new OodError('internal', `method "${method}" asks a model without dropout for stochastic passes`);
    const from = named(taps, 'tap', method)(dropoutTap);
    return model.dropoutLogits(from, batch.indices, passes, this.#seed);
  }

  #labels(): Tensor1D {
    const { labels } = this.#computation.batch;
    if (labels === null)
      throw new OodError('invalid-input', 'the data set has no labels to compare predictions with');
    return tf.tensor1d(Float32Array.from(labels));
  }
}
