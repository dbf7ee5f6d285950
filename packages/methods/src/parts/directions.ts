import type { Ops, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

/** x / ||x||; a sample without any feature stays at the origin. */
export const directions = (ops: Ops, x: Tensor2D): Tensor2D =>
  as2D(ops, ops.divNoNan(x, ops.norm(x, 2, 1, true)), x.shape[0], x.shape[1]);
