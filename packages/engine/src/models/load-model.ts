import type { Kernels } from '../backend/kernels.js';
import { parseSafetensors } from '@oodgrid/formats';
import type { ArchitectureName } from './architectures.js';
import { lenet } from './lenet.js';
import { Model, type ModelParts } from './model.js';
import { resnet34Cifar } from './resnet34-cifar.js';
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
  kernels: Kernels,
  sign: 'as-is' | 'absolute' = 'as-is',
): Model {
  const reader = new WeightReader(parseSafetensors(bytes, spec.name).tensors, spec.name, sign);
  return new Model(BUILDERS[spec.architecture](reader, spec.classes), kernels);
}
