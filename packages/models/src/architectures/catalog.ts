import type { Architecture } from './architecture.js';
import { lenet } from './lenet.js';
import { resnet34Cifar } from './resnet34-cifar.js';

/** Every architecture. A new one is one file of the same shape and one line here. */
const CATALOG = [lenet, resnet34Cifar] as const satisfies readonly Architecture[];

export const listArchitectures = (): readonly Architecture[] => CATALOG;

export const findArchitecture = (name: string): Architecture | undefined =>
  listArchitectures().find((architecture) => architecture.name === name);
