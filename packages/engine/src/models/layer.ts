import type { Kernels } from '../backend/kernels.js';
import type { Tensor } from '../backend/tensors.js';

/** Replaces the identity of a dropout layer; `index` counts the model's dropout layers from 0. */
export type DropoutMask = (index: number, h: Tensor) => Tensor;

export interface Pass {
  readonly kernels: Kernels;
  /** Absent in evaluation mode. */
  readonly dropout?: DropoutMask;
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
