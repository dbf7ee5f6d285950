import { OodError } from '@oodgrid/contract';
import type { NumericArray } from '@oodgrid/formats';
import { parseIdx } from '@oodgrid/formats';
import type { DecodedSplit, SplitKind } from './dataset.js';
import type { FileNames } from './source.js';

/** MNIST's file names, which its successors kept. */
export function idxFiles(split: SplitKind): readonly [images: FileNames, labels: FileNames] {
  const prefix = split === 'test' ? 't10k' : 'train';
  const named = (rest: string): FileNames => [`${prefix}-${rest}.gz`, `${prefix}-${rest}`];
  return [named('images-idx3-ubyte'), named('labels-idx1-ubyte')];
}

/** Images [n, h, w] and labels [n] as IDX files. */
export function decodeIdxPair(files: readonly Uint8Array[], names: readonly string[]): DecodedSplit {
  const [imageFile = new Uint8Array(), labelFile = new Uint8Array()] = files;
  const [imageName = 'images', labelName = 'labels'] = names;
  const images = parseIdx(imageFile, imageName);
  const labels = parseIdx(labelFile, labelName);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 3) {
    throw new OodError(
      'corrupt-data',
      `${imageName}: expected images [n, height, width], found [${images.shape.join(', ')}]`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new OodError(
      'corrupt-data',
      `${labelName}: expected ${count} labels, one per image, found [${labels.shape.join(', ')}]`,
    );
  }
  return { images: images.data, labels: labels.data, shape: [count, height, width, 1] };
}

/** One IDX file of a user's as the array that it is. */
export const readIdxFile = (bytes: Uint8Array, path: string): NumericArray => ({
  dtype: 'uint8',
  ...parseIdx(bytes, path),
});
