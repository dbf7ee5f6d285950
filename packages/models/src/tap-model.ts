import type { ModelFacts } from '@oodgrid/contract';
import type { Kernels } from './layers/kernels.js';
import type { Ops, Tensor, Tensor1D, Tensor2D, Tensor4D } from './tensors.js';

/** The tensor library that the caller loaded, and two kernels that the library does not offer. */
export interface ModelRuntime {
  readonly ops: Ops;
  readonly kernels: Kernels;
}

/** Values [n, ...] of taps, by name. */
export type Taps = ReadonlyMap<string, Tensor>;

/** A value, or a promise of it: a runtime of a source's own may answer later, and nothing else is computed meanwhile. */
export type Awaitable<T> = T | Promise<T>;

/** A forward pass whose activations are kept, so that several gradients can be taken of it. */
export interface Trace {
  readonly taps: Taps;
  /** d(loss)/d(input), given d(loss)/d(tap). */
  gradient(tap: string, dTap: Tensor): Awaitable<Tensor4D>;
}

/** Weight [classes, d] and bias [classes] of a model's last linear layer. */
export interface LinearHead {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/**
 * A loaded model with frozen weights: what an executor may ask of it, under its `tidy`. Members are absent where `facts.offers` says
 * so. Rows of a batch do not depend on its other rows.
 */
export interface TapModel extends Disposable {
  readonly facts: ModelFacts;
  /**
   * Values of those taps of `facts` that are named, of one forward pass, which runs no further than the last of them; others may be
   * among them. `input` [n, h, w, c]; `indices` [n] are the samples' positions in the data set's file.
   */
  taps(input: Tensor4D, indices: Uint32Array, names: readonly string[]): Awaitable<Taps>;
  /** Tensors of the model's own, freed with it. */
  readonly head?: LinearHead;
  /** Runs as far as the last of `names` and keeps what the gradients need. */
  trace?(input: Tensor4D, names: readonly string[]): Awaitable<Trace>;
  /**
   * Logits [n, classes] of one stochastic pass after another; `from` is the value of `facts.dropoutTap`. What is dropped is a function
   * of (seed, sample, pass, layer, unit) alone.
   */
  dropoutLogits?(from: Tensor, indices: Uint32Array, passes: number, seed: number): Iterable<Tensor2D>;
}
