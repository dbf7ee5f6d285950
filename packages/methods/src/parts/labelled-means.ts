import { OodError } from '@oodgrid/contract';
import { classMeans } from '@oodgrid/stats';
import type { Rows } from '../method.js';

/** Mean of each class of the train set, float32 [classes, d]. Throws where a label is none of them, or a class has no sample. */
export function labelledMeans(
  layer: string,
  features: Rows,
  labels: Int32Array,
  classes: number,
): Float32Array {
  const beyond = labels.find((label) => label >= classes);
  if (beyond !== undefined) {
    throw new OodError(
      'invalid-input',
      `the train set has label ${beyond}, but the model has ${classes} classes`,
    );
  }
  const { means, counts } = classMeans(features, labels, classes);
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new OodError(
      'invalid-input',
      `${layer}: the train set has no sample of class ${empty}; the means of classes need every class`,
    );
  }
  return means;
}
