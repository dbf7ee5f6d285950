import type { Architecture } from './architecture.js';
import { densenetBc100 } from './densenet-bc-100-12.js';
import { lenet } from './lenet.js';
import {
  resnet18Cifar,
  resnet20Cifar,
  resnet32Cifar,
  resnet34Cifar,
  resnet44Cifar,
  resnet56Cifar,
} from './resnet-cifar.js';

/** Every architecture. A new one is one file of the same shape and one line here. */
const CATALOG = [
  lenet,
  resnet18Cifar,
  resnet20Cifar,
  resnet32Cifar,
  resnet34Cifar,
  resnet44Cifar,
  resnet56Cifar,
  densenetBc100,
] as const satisfies readonly Architecture[];

export const listArchitectures = (): readonly Architecture[] => CATALOG;

export const findArchitecture = (name: string): Architecture | undefined =>
  listArchitectures().find((architecture) => architecture.name === name);
