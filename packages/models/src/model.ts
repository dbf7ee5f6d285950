import type { Architecture } from './architectures.js';
import type { Kernels } from './layers/kernels.js';
import type { Layer, Pass } from './layers/layer.js';
import { as4D, type Ops, type Tensor, type Tensor2D, type Tensor4D } from './tensors.js';

/** A run of layers that ends in a tap. */
export interface Stage {
  readonly tap: string;
  readonly layer: Layer;
  /** This stage and the one before in one step, with the same bits: for forward passes that do not want what lies between. */
  readonly withPrevious?: (pass: Pass, x: Tensor) => Tensor;
}

export interface DropoutSite {
  /** Probability that an entry is zeroed. */
  readonly rate: number;
  /** Entries masked per sample: whole channels of a 4-D input, single units of a 2-D one. */
  readonly units: number;
}

export interface ModelParts {
  readonly architecture: Architecture;
  readonly classes: number;
  readonly stages: readonly Stage[];
  readonly dropouts: readonly DropoutSite[];
  /** Every weight tensor, for disposal. */
  readonly weights: readonly Tensor[];
}

/** A forward pass whose activations are kept, so that several gradients can be taken of it. */
export interface Trace {
  readonly taps: ReadonlyMap<string, Tensor>;
  /** d(loss)/d(input), given d(loss)/d(tap). */
  gradient(tap: string, dTap: Tensor): Tensor4D;
}

/** A classifier with frozen weights and named taps; every method runs under the caller's `tidy`. */
export class Model implements Disposable {
  readonly architecture: Architecture;
  readonly classes: number;
  readonly dropouts: readonly DropoutSite[];
  readonly #stages: readonly Stage[];
  readonly #weights: readonly Tensor[];
  readonly #pass: Pass;

  constructor(parts: ModelParts, ops: Ops, kernels: Kernels) {
    this.architecture = parts.architecture;
    this.classes = parts.classes;
    this.dropouts = parts.dropouts;
    this.#stages = parts.stages;
    this.#weights = parts.weights;
    this.#pass = { ops, kernels };
  }

  /** Names of all taps, in forward order. */
  get tapNames(): readonly string[] {
    return this.#stages.map(({ tap }) => tap);
  }

  /** Value of one tap; everything else is freed. `x` [n, h, w, c]. */
  forward(x: Tensor4D, tap: string): Tensor {
    return this.#pass.ops.tidy(() => {
      const value = this.taps(x, [tap]).get(tap);
      if (value === undefined) throw new RangeError(`model ${this.architecture.name} has no tap ${tap}`);
      return value;
    });
  }

  /** Values of several taps of one forward pass, which runs no further than the last of them. */
  taps(x: Tensor4D, taps: readonly string[]): ReadonlyMap<string, Tensor> {
    const values = new Map<string, Tensor>();
    const stages = this.#upTo(taps);
    let h: Tensor = x;
    for (let i = 0; i < stages.length; i++) {
      const stage = stages[i];
      const next = stages[i + 1];
      if (stage === undefined) break;
      if (next?.withPrevious !== undefined && !taps.includes(stage.tap)) {
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

  /** Runs as far as the last of `taps` and keeps what the gradients need. `x` [n, h, w, c]. */
  trace(x: Tensor4D, taps: readonly string[]): Trace {
    const values = new Map<string, Tensor>();
    const pullbacks: { readonly tap: string; readonly pullback: (dy: Tensor) => Tensor }[] = [];
    let h: Tensor = x;
    for (const stage of this.#upTo(taps)) {
      const { y, pullback } = stage.layer(this.#pass, h);
      values.set(stage.tap, y);
      pullbacks.push({ tap: stage.tap, pullback });
      h = y;
    }
    return {
      taps: values,
      gradient: (tap, dTap) =>
        this.#pass.ops.tidy(() => {
          const last = pullbacks.findIndex((entry) => entry.tap === tap);
          if (last < 0) throw new RangeError(`tap ${tap} was not traced`);
          let dy = dTap;
          for (const { pullback } of pullbacks.slice(0, last + 1).reverse()) dy = pullback(dy);
          return as4D(this.#pass.ops, dy, x.shape);
        }),
    };
  }

  /**
   * Logits of one stochastic pass per entry of `passes`, which gives a dropout layer's factors [n, units]. `from` is the
   * value of the architecture's `stochasticTap`.
   */
  *stochasticLogits(from: Tensor, passes: Iterable<(index: number) => Tensor2D>): Generator<Tensor> {
    const first = this.#stages.findIndex(({ tap }) => tap === this.architecture.stochasticTap) + 1;
    const shared = new Map<number, Tensor>();
    const once = (index: number, make: () => Tensor): Tensor => {
      const known = shared.get(index) ?? this.#pass.ops.keep(make());
      shared.set(index, known);
      return known;
    };
    try {
      for (const mask of passes) {
        yield this.#pass.ops.tidy(() => {
          let h = from;
          for (const { layer } of this.#stages.slice(first))
            h = layer({ ...this.#pass, dropout: { mask, once } }, h).y;
          return h;
        });
      }
    } finally {
      this.#pass.ops.dispose([...shared.values()]);
    }
  }

  [Symbol.dispose](): void {
    this.#pass.ops.dispose([...this.#weights]);
  }

  #upTo(taps: readonly string[]): readonly Stage[] {
    const last = Math.max(...taps.map((tap) => this.#stages.findIndex((stage) => stage.tap === tap)));
    return this.#stages.slice(0, last + 1);
  }
}
