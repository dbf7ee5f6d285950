import { createRequire } from 'node:module';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D, TensorContainer } from '@tensorflow/tfjs-core';

// The native backend is a CommonJS package that registers itself with the CommonJS copy of tfjs-core:
// an ESM import would load a second copy with an empty registry.
const require = createRequire(import.meta.url);

export type Tf = typeof import('@tensorflow/tfjs-core');
export type { Tensor, Tensor1D, Tensor2D, Tensor4D };

export const tf: Tf = require('@tensorflow/tfjs-core');

/** `tf.tidy` for what waits in between: frees all that was made, but for what it returns. One at a time. */
export async function tidied<T extends TensorContainer>(compute: () => Promise<T>): Promise<T> {
  const engine = tf.engine();
  engine.startScope();
  let kept: T | undefined;
  try {
    kept = await compute();
    return kept;
  } finally {
    engine.endScope(kept);
  }
}

/** Reshapes with the rank in the type; the functional form because chained ops are not registered. */
export const as4D = (x: Tensor, shape: readonly [number, number, number, number]): Tensor4D =>
  tf.reshape<Rank.R4>(x, [...shape]);
