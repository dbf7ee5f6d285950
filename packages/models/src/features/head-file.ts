import { OodError } from '@oodgrid/contract';
import { type ArraySet, contentsOf, floatsOf } from './array-set.js';

/** The last linear layer: weight [classes, features] row-major and bias [classes]. */
export interface HeadValues {
  readonly classes: number;
  readonly features: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Throws `corrupt-data` naming the path for a file without `weight` [classes, features] and `bias` [classes]. */
export function readHead(arrays: ArraySet): HeadValues {
  const { path } = arrays;
  for (const key of ['weight', 'bias'])
    if (!arrays.keys.includes(key))
      throw new OodError(
        'corrupt-data',
        `${path}: expected "weight" [classes, features] and "bias" [classes], found ${contentsOf(arrays)}`,
      );
  const weight = floatsOf(arrays, 'weight');
  const bias = floatsOf(arrays, 'bias');
  const [classes = 0, features = 0] = weight.shape;
  const isTransposed = features === bias.data.length && classes !== features;
  if (weight.shape.length !== 2 || bias.shape.join() !== String(classes))
    throw new OodError(
      'corrupt-data',
      `${path}: "weight" is [${weight.shape.join(', ')}] and "bias" [${bias.shape.join(', ')}], expected [classes, features] and [classes]${isTransposed ? '; it looks transposed: save weight.T' : ''}`,
    );
  return { classes, features, weight: weight.data, bias: bias.data };
}
