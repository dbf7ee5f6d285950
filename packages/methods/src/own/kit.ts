import {
  classMeans,
  minimumNormSolution,
  principalAxes,
  symmetricPseudoInverse,
  tiedCovariance,
} from '@oodgrid/stats';
import { z } from 'zod';
import { defineMethod, type Method } from '../method.js';
import { logSumExp } from '../parts/log-sum-exp.js';
import { magnitudesOption } from '../parts/magnitudes.js';
import { maxSoftmax } from '../parts/max-softmax.js';
import { flatten } from '../parts/shapes.js';
import { signStep } from '../parts/sign-step.js';
import { defineArrayMethod } from './array-method.js';

/** Helpers for writing methods, passed to modules so that these need to import nothing. */
export const METHOD_KIT = {
  z,
  defineMethod,
  defineArrayMethod,
  /** Of the catalog's methods; `ops` first. */
  parts: { flatten, logSumExp, maxSoftmax, signStep, magnitudesOption },
  /** In float64, on typed arrays. */
  stats: { classMeans, tiedCovariance, symmetricPseudoInverse, principalAxes, minimumNormSolution },
} as const;
export type MethodKit = typeof METHOD_KIT;

/** The default export of a method's module. */
export type MethodModule = (kit: MethodKit) => Method;
