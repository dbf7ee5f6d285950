import { OodError } from '@oodgrid/protocol';
import { parseSafetensors, writeSafetensors } from '../formats/safetensors.js';
import type { DecodedSplit } from './dataset.js';

/** The form in which workers get data: safetensors with U8 `images` [n, h, w, c] and `labels` [n]. */
export function datasetBlob({ images, labels, shape }: DecodedSplit): Uint8Array {
  return writeSafetensors(
    new Map([
      ['images', { dtype: 'U8', shape, data: images }],
      ['labels', { dtype: 'U8', shape: [labels.length], data: labels }],
    ]),
  );
}

/** The inverse of `datasetBlob`; also reads a user's file of the same form. Images may be [n, h, w]. */
export function parseDatasetBlob(bytes: Uint8Array, name: string): DecodedSplit {
  const { tensors } = parseSafetensors(bytes, name);
  return checkedSplit(tensors.get('images'), tensors.get('labels'), name);
}

interface ByteArray {
  readonly shape: readonly number[];
  readonly data: unknown;
}

/** Checks that two arrays are images and labels. Throws `corrupt-data`, `invalid-input` when there is no sample. */
export function checkedSplit(
  images: ByteArray | undefined,
  labels: ByteArray | undefined,
  name: string,
): DecodedSplit {
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${name}: ${what}`);
  };
  if (images === undefined || labels === undefined) return refuse('expected arrays "images" and "labels"');
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (!(images.data instanceof Uint8Array) || images.shape.length < 3 || images.shape.length > 4) {
    return refuse(
      `"images" [${images.shape.join(', ')}] must be uint8 [n, height, width] or [n, height, width, channels]`,
    );
  }
  if (count === 0) throw new OodError('invalid-input', `${name}: the data set is empty`);
  return {
    images: images.data,
    labels: byteLabels(labels, count, name),
    shape: [count, height, width, channels],
  };
}

/** Labels as bytes: uint8 as they are, wider integers where they fit. */
function byteLabels({ data, shape }: ByteArray, count: number, name: string): Uint8Array {
  if (shape.length !== 1 || shape[0] !== count) {
    throw new OodError(
      'corrupt-data',
      `${name}: "labels" [${shape.join(', ')}] must be [${count}], one per image`,
    );
  }
  if (data instanceof Uint8Array) return data;
  if (!(data instanceof Int32Array || data instanceof BigInt64Array)) {
    throw new OodError('corrupt-data', `${name}: "labels" must be integers`);
  }
  return Uint8Array.from(Array.from<number | bigint>(data), (label) => {
    const value = Number(label);
    if (value < 0 || value > 255)
      throw new OodError('corrupt-data', `${name}: label ${value} is outside 0 to 255`);
    return value;
  });
}
