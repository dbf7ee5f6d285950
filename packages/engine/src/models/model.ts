import type { Kernels } from '../backend/kernels.js';
import { as4D, type Tensor, type Tensor4D, tf } from '../backend/tensors.js';
import type { Architecture } from './architectures.js';
import type { DropoutMask, Layer } from './layer.js';

/** A run of layers that ends in a tap. */
export interface Stage {
  readonly tap: string;
  readonly layer: Layer;
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

/** A classifier with frozen weights and named taps; every method runs under the caller's `tf.tidy`. */
export class Model implements Disposable {
  readonly architecture: Architecture;
  readonly classes: number;
  readonly dropouts: readonly DropoutSite[];
  readonly #stages: readonly Stage[];
  readonly #weights: readonly Tensor[];
  readonly #kernels: Kernels;

  constructor(parts: ModelParts, kernels: Kernels) {
    this.architecture = parts.architecture;
    this.classes = parts.classes;
    this.dropouts = parts.dropouts;
    this.#stages = parts.stages;
    this.#weights = parts.weights;
    this.#kernels = kernels;
  }

  /** Runs no further than the last tap asked for; keeps that tap and frees everything else. */
  forward(x: Tensor4D, tap: string): Tensor {
    return tf.tidy(() => {
      let h: Tensor = x;
      for (const stage of this.#upTo([tap])) h = stage.layer({ kernels: this.#kernels }, h).y;
      return h;
    });
  }

  /** Runs as far as the last of `taps` and keeps what the gradients need. `x` [n, h, w, c]. */
  trace(x: Tensor4D, taps: readonly string[]): Trace {
    const values = new Map<string, Tensor>();
    const pullbacks: { readonly tap: string; readonly pullback: (dy: Tensor) => Tensor }[] = [];
    let h: Tensor = x;
    for (const stage of this.#upTo(taps)) {
      const { y, pullback } = stage.layer({ kernels: this.#kernels }, h);
      values.set(stage.tap, y);
      pullbacks.push({ tap: stage.tap, pullback });
      h = y;
    }
    return {
      taps: values,
      gradient: (tap, dTap) =>
        tf.tidy(() => {
          const last = pullbacks.findIndex((entry) => entry.tap === tap);
          if (last < 0) throw new RangeError(`tap ${tap} was not traced`);
          let dy = dTap;
          for (const { pullback } of pullbacks.slice(0, last + 1).reverse()) dy = pullback(dy);
          return as4D(dy, x.shape);
        }),
    };
  }

  /**
   * The logits of `passes` stochastic passes over one batch. `from` is the value of tap `fromTap`,
   * which lies before every dropout layer, so that what is deterministic runs once.
   */
  *stochasticLogits(from: Tensor, fromTap: string, masks: readonly DropoutMask[]): Generator<Tensor> {
    const first = this.#stages.findIndex((stage) => stage.tap === fromTap) + 1;
    for (const dropout of masks) {
      yield tf.tidy(() => {
        let h = from;
        for (const stage of this.#stages.slice(first))
          h = stage.layer({ kernels: this.#kernels, dropout }, h).y;
        return h;
      });
    }
  }

  /** The last tap before the first dropout layer. */
  get lastDeterministicTap(): string {
    return this.architecture.layerTaps[1] ?? this.architecture.logits;
  }

  [Symbol.dispose](): void {
    tf.dispose([...this.#weights]);
  }

  #upTo(taps: readonly string[]): readonly Stage[] {
    const last = Math.max(...taps.map((tap) => this.#stages.findIndex((stage) => stage.tap === tap)));
    return this.#stages.slice(0, last + 1);
  }
}
