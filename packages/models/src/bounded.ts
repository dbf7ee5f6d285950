import type { ModelSpec } from '@oodgrid/protocol';
import type { Kernels } from './layers/kernels.js';
import { loadModel } from './load-model.js';
import type { Ops, Tensor4D } from './tensors.js';

/** A little below float32's largest number, 3.4e38: dropout scales by up to 2, and sums are rounded. */
const LIMIT = 1e37;

/** The answer costs as much as loading the model, and a process computes many tasks of few models. */
const answers = new Map<string, boolean>();
const MAX_ANSWERS = 100;

/**
 * Whether no input of absolute values up to `largestInput` can make a layer overflow. Convolutions, dense layers
 * and sums of branches give at most what they give with the absolute values of weights and input; ReLU and
 * pools give no more than they get. So one pass of one sample bounds every pass.
 */
export function isOverflowImpossible(
  spec: ModelSpec,
  weights: Uint8Array,
  ops: Ops,
  kernels: Kernels,
  largestInput: number,
): boolean {
  const key = JSON.stringify([spec, largestInput]);
  const answer = answers.get(key) ?? bound(spec, weights, ops, kernels, largestInput);
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(key, answer);
  return answer;
}

function bound(
  spec: ModelSpec,
  weights: Uint8Array,
  ops: Ops,
  kernels: Kernels,
  largestInput: number,
): boolean {
  using model = loadModel(spec, weights, ops, kernels, 'absolute');
  return ops.tidy(() => {
    const x: Tensor4D = ops.fill([1, ...model.architecture.input], largestInput);
    for (const tap of model.taps(x, model.tapNames).values()) {
      const largest = ops.max(tap).dataSync<'float32'>()[0] ?? 0;
      if (!(largest < LIMIT)) return false;
    }
    return true;
  });
}
