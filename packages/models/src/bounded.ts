import type { Network } from './network.js';
import type { Ops, Tensor4D } from './tensors.js';

/** A little below float32's largest number, 3.4e38: dropout scales by up to 2, and sums are rounded. */
const LIMIT = 1e37;

/**
 * Whether no input of absolute values up to `largestInput` can make a layer overflow, told from the network with the absolute values
 * of the weights. Convolutions, dense layers and sums of branches give at most what they give with those of weights and input; ReLU
 * and pools give no more than they get. So one pass of one sample bounds every pass.
 */
export function isBounded(ops: Ops, absolute: Network, largestInput: number): boolean {
  return ops.tidy(() => {
    const x: Tensor4D = ops.fill([1, ...absolute.architecture.input], largestInput);
    for (const tap of absolute.taps(x, new Uint32Array(1), absolute.facts.taps).values()) {
      const largest = ops.max(tap).dataSync<'float32'>()[0] ?? Number.NaN;
      if (!(largest < LIMIT)) return false;
    }
    return true;
  });
}
