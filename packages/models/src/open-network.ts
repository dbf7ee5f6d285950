import { type ModelFacts, OodError } from '@oodgrid/contract';
import { parseSafetensors } from '@oodgrid/formats';
import { findArchitecture } from './architectures/catalog.js';
import { isBounded } from './bounded.js';
import { Network } from './network.js';
import type { ModelRuntime } from './tap-model.js';
import { WeightReader } from './weights.js';

/**
 * A network from the bytes of a safetensors file with PyTorch's names. Throws `corrupt-data` when a tensor is missing, mis-shaped (also:
 * another class count) or holds NaN; `facts.name` goes into the message.
 */
export function openNetwork(runtime: ModelRuntime, facts: ModelFacts, weights: Uint8Array): Network {
  return build(runtime, facts, weights, 'as-is');
}

/** Whether no input of absolute values up to `largestInput` can make a layer overflow; costs as much as `openNetwork`. */
export function isOverflowImpossible(
  runtime: ModelRuntime,
  facts: ModelFacts,
  weights: Uint8Array,
  largestInput: number,
): boolean {
  using absolute = build(runtime, facts, weights, 'absolute');
  return isBounded(runtime.ops, absolute, largestInput);
}

function build(runtime: ModelRuntime, facts: ModelFacts, weights: Uint8Array, sign: 'as-is' | 'absolute') {
  const architecture = findArchitecture(facts.architecture);
  if (architecture === undefined)
    throw new OodError(
      'not-found',
      `model "${facts.name}": there is no architecture "${facts.architecture}" here`,
    );
  const { tensors } = parseSafetensors(weights, facts.name);
  return new Network(architecture, facts, new WeightReader(runtime.ops, tensors, facts.name, sign), runtime);
}
