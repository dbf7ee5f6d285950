import { OodError } from '@oodgrid/contract';
import { type ArraySet, contentsOf, floatsOf } from './array-set.js';

/** The last linear layer: weight [classes, features] row-major and bias [classes]. */
export interface HeadValues {
  readonly classes: number;
  readonly features: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

const NAMES = ['weight', 'bias'];

/** Whether a file of values has a head, or the half of one, in it. */
export const holdsHead = ({ keys }: ArraySet): boolean => NAMES.some((key) => keys.includes(key));

/** Throws `corrupt-data` where a file of values has another head in it than its model's. */
export async function requireSameHead(arrays: ArraySet, head: HeadValues): Promise<void> {
  if (!holdsHead(arrays)) return;
  const { classes, features, weight, bias } = await readHead(arrays);
  const isSame =
    head.classes === classes &&
    head.features === features &&
    head.weight.every((value, i) => value === weight[i]) &&
    head.bias.every((value, i) => value === bias[i]);
  if (isSame) return;
  throw new OodError(
    'corrupt-data',
    `${arrays.path}: its "weight" and "bias" are not those of the model's head: do both files come from one network? Leave them out here, or name the right head`,
  );
}

/** Throws `corrupt-data` naming the path for a file without `weight` [classes, features] and `bias` [classes]. */
export async function readHead(arrays: ArraySet): Promise<HeadValues> {
  const { path } = arrays;
  for (const key of NAMES) {
    if (arrays.keys.includes(key)) continue;
    const advice =
      key === 'bias' && arrays.keys.includes('weight') ? '; a layer without a bias has one of zeros' : '';
    throw new OodError(
      'corrupt-data',
      `${path}: expected "weight" [classes, features] and "bias" [classes], found ${contentsOf(arrays)}${advice}`,
    );
  }
  const weight = await floatsOf(arrays, 'weight');
  const bias = await floatsOf(arrays, 'bias');
  const [classes = 0, features = 0] = weight.shape;
  const isTransposed = features === bias.data.length && classes !== features;
  if (weight.shape.length !== 2 || bias.shape.join() !== String(classes))
    throw new OodError(
      'corrupt-data',
      `${path}: "weight" is [${weight.shape.join(', ')}] and "bias" [${bias.shape.join(', ')}], expected [classes, features] and [classes]${isTransposed ? '; it looks transposed: save weight.T' : ''}`,
    );
  return { classes, features, weight: weight.data, bias: bias.data };
}
