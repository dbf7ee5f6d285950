import { OodError } from '@oodgrid/contract';
import type { TensorEntry } from '@oodgrid/formats';
import {
  as2D,
  type Ops,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from './tensors.js';

export interface ConvWeights {
  /** [rows, columns, in, out] */
  readonly kernel: Tensor4D;
  /** [out] */
  readonly bias: Tensor1D;
}

export interface LinearWeights {
  /** [in, out] */
  readonly weight: Tensor2D;
  /** [out] */
  readonly bias: Tensor1D;
}

export interface DropoutSite {
  /** Probability that an entry is zeroed. */
  readonly rate: number;
  /** Entries masked per sample: whole channels of a 4-D input, single units of a 2-D one. */
  readonly units: number;
}

/** Reads PyTorch-named weights into tfjs's layouts and remembers each tensor for disposal. */
export class WeightReader {
  readonly #ops: Ops;
  readonly #tensors: ReadonlyMap<string, TensorEntry>;
  readonly #name: string;
  readonly #sign: 'as-is' | 'absolute';
  readonly #convolutions = new Map<string, ConvWeights>();
  readonly #linears = new Map<string, LinearWeights>();
  readonly #dropouts: DropoutSite[] = [];
  readonly #made: Tensor[] = [];

  /** `absolute`: every weight without its sign, for a bound on what the layers can give. */
  constructor(
    ops: Ops,
    tensors: ReadonlyMap<string, TensorEntry>,
    name: string,
    sign: 'as-is' | 'absolute' = 'as-is',
  ) {
    this.#ops = ops;
    this.#tensors = tensors;
    this.#name = name;
    this.#sign = sign;
  }

  /** Every tensor that was made, for disposal. */
  get made(): readonly Tensor[] {
    return this.#made;
  }

  /** Dropout layers in the order in which they were built. */
  get dropouts(): readonly DropoutSite[] {
    return this.#dropouts;
  }

  /** Number of the new dropout layer, from 0. */
  addDropout(site: DropoutSite): number {
    return this.#dropouts.push(site) - 1;
  }

  /** The weights of a convolution that several layers use: made once. */
  convolution(name: string, make: () => ConvWeights): ConvWeights {
    return once(this.#convolutions, name, make);
  }

  /** The weights of a linear layer that several layers use: made once. */
  linear(name: string, make: () => LinearWeights): LinearWeights {
    return once(this.#linears, name, make);
  }

  /** Weight and bias of a linear layer that was built. */
  builtLinear(name: string): LinearWeights {
    const built = this.#linears.get(name);
    if (built === undefined) throw new RangeError(`no linear layer "${name}" was built`);
    return built;
  }

  /** A tensor of the model's own: kept, and freed with it. */
  keep<R extends Rank>(tensor: Tensor<R>): Tensor<R> {
    const kept = this.#ops.keep(tensor);
    this.#made.push(kept);
    return kept;
  }

  /** Values in the file's order. A negative dimension of `shape` matches any size. */
  values(key: string, shape: readonly number[]): Float32Array {
    const entry = this.#tensors.get(key);
    if (entry === undefined) {
      const present = [...this.#tensors.keys()].slice(0, 8).join(', ');
      throw new OodError(
        'corrupt-data',
        `${this.#name}: tensor "${key}" is missing; the file has ${present}, ...`,
      );
    }
    const fits =
      entry.shape.length === shape.length &&
      shape.every((size, axis) => size < 0 || size === entry.shape[axis]);
    if (!fits || entry.dtype !== 'F32' || !(entry.data instanceof Float32Array)) {
      const want = shape.map((size) => (size < 0 ? '?' : size)).join(', ');
      throw new OodError(
        'corrupt-data',
        `${this.#name}: tensor "${key}" is ${entry.dtype} [${entry.shape.join(', ')}], expected F32 [${want}]`,
      );
    }
    const bad = entry.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new OodError(
        'corrupt-data',
        `${this.#name}: tensor "${key}" holds ${entry.data[bad]} at element ${bad}`,
      );
    }
    return entry.data;
  }

  vector(values: Float32Array): Tensor1D {
    return this.#weight(this.#ops.tensor1d(values));
  }

  /** PyTorch [out, in, rows, columns] to [rows, columns, in, out]. */
  convKernel(values: Float32Array, shape: [number, number, number, number]): Tensor4D {
    return this.#weight(
      this.#ops.tidy(() => this.#ops.transpose(this.#ops.tensor4d(values, shape), [2, 3, 1, 0])),
    );
  }

  /**
   * PyTorch [out, in] to [in, out]. Where the input was flattened channel-major from `[c, h, w]`, the
   * rows are put into the order of a flattened [h, w, c] instead of transposing every activation.
   */
  denseKernel(values: Float32Array, out: number, flattened: [number, number, number]): Tensor2D {
    const [channels, height, width] = flattened;
    return this.#weight(
      this.#ops.tidy(() =>
        as2D(
          this.#ops,
          this.#ops.transpose(this.#ops.tensor4d(values, [out, channels, height, width]), [2, 3, 1, 0]),
          height * width * channels,
          out,
        ),
      ),
    );
  }

  #weight<R extends Rank>(tensor: Tensor<R>): Tensor<R> {
    if (this.#sign === 'as-is') return this.keep(tensor);
    const absolute = this.keep(this.#ops.abs(tensor));
    tensor.dispose();
    return absolute;
  }
}

function once<T>(known: Map<string, T>, name: string, make: () => T): T {
  const made = known.get(name) ?? make();
  known.set(name, made);
  return made;
}
