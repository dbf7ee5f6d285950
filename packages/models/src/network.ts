import type { ModelFacts } from '@oodgrid/contract';
import type { Architecture } from './architectures/architecture.js';
import { dropoutMask } from './dropout-mask.js';
import type { Layer, Pass } from './layers/layer.js';
import type { LinearHead, ModelRuntime, TapModel, Trace } from './tap-model.js';
import { as2D, as4D, type Tensor, type Tensor2D, type Tensor4D } from './tensors.js';
import type { DropoutSite, WeightReader } from './weights.js';

/** A stage whose weights are on the device. */
interface BuiltStage {
  readonly tap: string;
  readonly layer: Layer;
  readonly withPrevious: ((pass: Pass, x: Tensor) => Tensor) | undefined;
}

interface ImmediateTrace extends Trace {
  gradient(tap: string, dTap: Tensor): Tensor4D;
}

/** An architecture with its weights. */
export class Network implements TapModel {
  readonly architecture: Architecture;
  readonly facts: ModelFacts;
  readonly head: LinearHead;
  readonly #stages: readonly BuiltStage[];
  readonly #dropouts: readonly DropoutSite[];
  readonly #weights: readonly Tensor[];
  readonly #pass: Pass;

  /** Frees what it has made where a weight is not what it must be: throws what the reader throws. */
  constructor(
    architecture: Architecture,
    facts: ModelFacts,
    reader: WeightReader,
    { ops, kernels }: ModelRuntime,
  ) {
    this.architecture = architecture;
    this.facts = facts;
    this.#pass = { ops, kernels };
    try {
      this.#stages = architecture.stages(facts.classes).map(({ tap, module, withPrevious }) => ({
        tap,
        layer: module.build(reader),
        withPrevious: withPrevious?.(reader),
      }));
      const { weight, bias } = reader.builtLinear(architecture.head);
      this.head = { weight: reader.keep(ops.transpose(weight)), bias };
    } catch (thrown) {
      ops.dispose([...reader.made]);
      throw thrown;
    }
    this.#dropouts = reader.dropouts;
    this.#weights = reader.made;
  }

  taps(x: Tensor4D, _indices: Uint32Array, names: readonly string[]): ReadonlyMap<string, Tensor> {
    const values = new Map<string, Tensor>();
    const stages = this.#upTo(names);
    let h: Tensor = x;
    for (let i = 0; i < stages.length; i++) {
      const stage = stages[i];
      const next = stages[i + 1];
      if (stage === undefined) break;
      if (next?.withPrevious !== undefined && !names.includes(stage.tap)) {
        h = next.withPrevious(this.#pass, h);
        values.set(next.tap, h);
        i++;
      } else {
        h = stage.layer(this.#pass, h).y;
        values.set(stage.tap, h);
      }
    }
    return values;
  }

  trace(x: Tensor4D, names: readonly string[]): ImmediateTrace {
    const { ops } = this.#pass;
    const values = new Map<string, Tensor>();
    const pullbacks: { readonly tap: string; readonly pullback: (dy: Tensor) => Tensor }[] = [];
    let h: Tensor = x;
    for (const stage of this.#upTo(names)) {
      const { y, pullback } = stage.layer(this.#pass, h);
      values.set(stage.tap, y);
      pullbacks.push({ tap: stage.tap, pullback });
      h = y;
    }
    return {
      taps: values,
      gradient: (tap, dTap) =>
        ops.tidy(() => {
          const last = pullbacks.findIndex((entry) => entry.tap === tap);
          if (last < 0) throw new RangeError(`tap ${tap} was not traced`);
          let dy = dTap;
          for (const { pullback } of pullbacks.slice(0, last + 1).reverse()) dy = pullback(dy);
          return as4D(ops, dy, x.shape);
        }),
    };
  }

  *dropoutLogits(from: Tensor, indices: Uint32Array, passes: number, seed: number): Generator<Tensor2D> {
    const { ops } = this.#pass;
    const first = this.#stages.findIndex(({ tap }) => tap === this.facts.dropoutTap) + 1;
    const shared = new Map<number, Tensor>();
    const once = (index: number, make: () => Tensor): Tensor => {
      const known = shared.get(index) ?? ops.keep(make());
      shared.set(index, known);
      return known;
    };
    try {
      for (let pass = 0; pass < passes; pass++) {
        const mask = dropoutMask(ops, this.#dropouts, indices, pass, seed);
        yield ops.tidy(() => {
          let h = from;
          for (const { layer } of this.#stages.slice(first))
            h = layer({ ...this.#pass, dropout: { mask, once } }, h).y;
          return as2D(ops, h, indices.length, this.facts.classes);
        });
      }
    } finally {
      ops.dispose([...shared.values()]);
    }
  }

  [Symbol.dispose](): void {
    this.#pass.ops.dispose([...this.#weights]);
  }

  #upTo(names: readonly string[]): readonly BuiltStage[] {
    const last = Math.max(...names.map((tap) => this.#stages.findIndex((stage) => stage.tap === tap)));
    return this.#stages.slice(0, last + 1);
  }
}
