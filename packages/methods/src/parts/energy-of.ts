import type { Head, Ops, Tensor1D, Tensor2D } from '../method.js';
import { logSumExp } from './log-sum-exp.js';

/** log sum exp of the logits that the last layer makes of features h [n, d]: [n]. */
export function energyOf(ops: Ops, h: Tensor2D, { weight, bias }: Head): Tensor1D {
  return ops.tidy(() => logSumExp(ops, ops.add(ops.matMul(h, weight, false, true), bias)));
}
