import type { Ops, Tensor, Tensor2D } from '../tensors.js';
import type { Kernels } from './kernels.js';

/** State shared by the stochastic passes over one batch. */
export interface Dropout {
  /** Factors [n, units] of a dropout layer in this pass: 0, or 1 / (1 - rate). `index` counts the model's dropout layers from 0. */
  readonly mask: (index: number) => Tensor2D;
  /** A value that is the same in every pass: made the first time, kept until the last. */
  readonly once: (index: number, make: () => Tensor) => Tensor;
}

export interface Pass {
  readonly ops: Ops;
  readonly kernels: Kernels;
  /** Absent in evaluation mode. */
  readonly dropout?: Dropout;
}

/** A layer's output together with its vector-Jacobian product. */
export interface Applied {
  readonly y: Tensor;
  /** Gradient of a scalar with respect to the layer's input, given that with respect to its output. */
  readonly pullback: (dy: Tensor) => Tensor;
}

/**
 * One layer with frozen weights. The pullback is explicit, rather than tfjs's tape, because one forward
 * pass then serves the gradients of every method and layer (docs/adr/001).
 */
export type Layer = (pass: Pass, x: Tensor) => Applied;
