import type { Batch, Tensor } from '../method.js';
import { flatten } from './shapes.js';

/** C p - 1, [n, C]: the gradient of C times the cross-entropy of softmax(z) with the uniform distribution at the logits. */
export const uniformPull = ({ ops, facts, tap }: Batch): Tensor =>
  ops.sub(ops.mul(ops.softmax(flatten(ops, tap(facts.logits))), facts.classes), 1);
