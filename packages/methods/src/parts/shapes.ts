import type { Ops, Tensor, Tensor1D, Tensor2D, Tensor4D } from '../method.js';

/** Reshapes with the rank in the type. */
export const as1D = (ops: Ops, x: Tensor): Tensor1D => ops.reshape(x, [x.size]);
export const as2D = (ops: Ops, x: Tensor, rows: number, columns: number): Tensor2D =>
  ops.reshape(x, [rows, columns]);
export const as4D = (ops: Ops, x: Tensor, shape: readonly [number, number, number, number]): Tensor4D =>
  ops.reshape(x, [...shape]);

/** [n, ...] to [n, size of one sample]. */
export const flatten = (ops: Ops, x: Tensor): Tensor2D => as2D(ops, x, x.shape[0], x.size / x.shape[0]);
