import type { Batch, Tensor2D } from '../method.js';
import { flatten } from './shapes.js';
import { squaredDistances } from './squared-distances.js';

/** (h - mu)' P (h - mu) of every class, [n, classes], of the state that `tiedState` fits. */
export const classDistances = ({ ops, facts, tap, state }: Batch): Tensor2D =>
  squaredDistances(ops, flatten(ops, tap(facts.penultimate)), state('means'), state('precision'));
