// What is imported here is erased: whoever computes passes the tensor library in, so that catalogs, schemas and
// planners read every model without loading one.
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** The tensor library, as an executor has loaded it. */
export type Ops = typeof import('@tensorflow/tfjs-core');
export type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D };

/** Reshapes with the rank in the type; the functional form because chained ops are not registered. */
export const as2D = (ops: Ops, x: Tensor, rows: number, columns: number): Tensor2D =>
  ops.reshape<Rank.R2>(x, [rows, columns]);
export const as4D = (ops: Ops, x: Tensor, shape: readonly [number, number, number, number]): Tensor4D =>
  ops.reshape<Rank.R4>(x, [...shape]);
/** [n, ...] to [n, size of one sample]. */
export const flattenSamples = (ops: Ops, x: Tensor): Tensor2D =>
  as2D(ops, x, x.shape[0] ?? Number.NaN, x.size / (x.shape[0] ?? Number.NaN));

/** Throws a RangeError for what is no tensor [n, h, w, c]. */
export function shape4(x: Tensor): [n: number, height: number, width: number, channels: number] {
  const [n, height, width, channels] = x.shape;
  if (n === undefined || height === undefined || width === undefined || channels === undefined) {
    throw new RangeError(`expected a tensor [n, height, width, channels], got [${x.shape}]`);
  }
  return [n, height, width, channels];
}

export const rank4 = (ops: Ops, x: Tensor): Tensor4D => as4D(ops, x, shape4(x));
