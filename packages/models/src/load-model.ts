import { parseSafetensors } from '@oodgrid/formats';
import { lenet } from './architectures/lenet.js';
import { resnet34Cifar } from './architectures/resnet34-cifar.js';
import type { ArchitectureName } from './architectures.js';
import type { Kernels } from './layers/kernels.js';
import { Model, type ModelParts } from './model.js';
import type { Ops } from './tensors.js';
import { WeightReader } from './weights.js';

const BUILDERS: Readonly<Record<ArchitectureName, (reader: WeightReader, classes: number) => ModelParts>> = {
  lenet,
  'resnet34-cifar': resnet34Cifar,
};

/**
 * Builds a model from the bytes of a safetensors file with PyTorch's names. Throws `corrupt-data` when a
 * tensor is missing, mis-shaped (also: another class count) or holds NaN; `name` goes into the message.
 */
export function loadModel(
  spec: { readonly name: string; readonly architecture: ArchitectureName; readonly classes: number },
  bytes: Uint8Array,
  ops: Ops,
  kernels: Kernels,
  sign: 'as-is' | 'absolute' = 'as-is',
): Model {
  const reader = new WeightReader(ops, parseSafetensors(bytes, spec.name).tensors, spec.name, sign);
  return new Model(BUILDERS[spec.architecture](reader, spec.classes), ops, kernels);
}
