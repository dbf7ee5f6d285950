import { OodError } from '@oodgrid/contract';
import { parseSafetensors, type TensorEntry, writeSafetensors } from '@oodgrid/formats';
import type { DecodedSplit, Labels, SplitContent } from './dataset.js';

/**
 * The form in which workers get data: safetensors with `images` [n, h, w, c], U8 or, for floats that are used as they are, F32;
 * and `labels` [n], U8 where they fit, else I32, absent where there are none.
 */
export function datasetBlob({ images, labels, shape }: SplitContent): Uint8Array {
  const tensors = new Map<string, TensorEntry>([
    ['images', { dtype: images instanceof Uint8Array ? 'U8' : 'F32', shape, data: images }],
  ]);
  if (labels !== undefined) {
    const dtype = labels instanceof Uint8Array ? 'U8' : 'I32';
    tensors.set('labels', { dtype, shape: [labels.length], data: labels });
  }
  return writeSafetensors(tensors);
}

/** The inverse of `datasetBlob`. Throws `corrupt-data` naming `name`. */
export function parseSplitBlob(bytes: Uint8Array, name: string): SplitContent {
  const refuse = (what: string): never => {
    throw new OodError('corrupt-data', `${name}: ${what}`);
  };
  const { tensors } = parseSafetensors(bytes, name);
  const images = tensors.get('images');
  const [count = 0, height = 0, width = 0, channels = 0] = images?.shape ?? [];
  if (
    images?.shape.length !== 4 ||
    !(images.data instanceof Uint8Array || images.data instanceof Float32Array)
  )
    return refuse('expected a U8 or F32 tensor "images" [n, height, width, channels]');
  const labels = tensors.get('labels');
  if (labels !== undefined && (labels.shape.length !== 1 || labels.shape[0] !== count))
    return refuse(`"labels" [${labels.shape.join(', ')}] must be [${count}], one per image`);
  return {
    images: images.data,
    ...(labels === undefined ? {} : { labels: storedLabels(labels, refuse) }),
    shape: [count, height, width, channels],
  };
}

function storedLabels({ data, dtype }: TensorEntry, refuse: (what: string) => never): Labels {
  if (data instanceof Uint8Array || data instanceof Int32Array) return data;
  return refuse(`"labels" are ${dtype}, expected U8 or I32`);
}

/** `parseSplitBlob` for data sets of the catalog, which have bytes as images and as labels. */
export function parseDatasetBlob(bytes: Uint8Array, name: string): DecodedSplit {
  const { images, labels, shape } = parseSplitBlob(bytes, name);
  if (!(images instanceof Uint8Array) || !(labels instanceof Uint8Array))
    throw new OodError('corrupt-data', `${name}: expected U8 tensors "images" and "labels"`);
  if (shape[0] === 0) throw new OodError('invalid-input', `${name}: the data set is empty`);
  return { images, labels, shape };
}
