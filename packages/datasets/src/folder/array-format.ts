import { join } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import type { SplitContent } from '../dataset.js';
import { type ArrayFile, keyOf, refuseMissing } from './array-file.js';
import type { FolderFormat, FolderReading, Note } from './folder-format.js';
import { readImages, requireImages } from './user-images.js';
import { readLabels, requireLabels, usefulLabels } from './user-labels.js';

/** A file of named arrays for each split, `images` and `labels` where the grid gives no other names. */
export const arrayFormat = (
  ending: string,
  open: (bytes: Uint8Array, path: string) => ArrayFile,
): FolderFormat => ({
  files: (split) => [`${split}.${ending}`],
  read: async (dir, split, reading, note) => {
    const path = join(dir, `${split}.${ending}`);
    const bytes = await readRegularFile(path);
    return bytes === undefined ? undefined : fromArrays(open(bytes, path), reading, note);
  },
});

function fromArrays(file: ArrayFile, reading: FolderReading, note: Note): SplitContent {
  const where = (key: string) => `${file.path}: ${JSON.stringify(key)}`;
  const imagesName = reading.arrays?.images ?? 'images';
  const imagesKey = keyOf(file, imagesName) ?? refuseMissing(file, imagesName);
  const images = file.read(imagesKey, (found) => requireImages(found, reading, where(imagesKey)));
  const split = readImages(images, reading, where(imagesKey), note);
  const labelsName = reading.arrays?.labels ?? 'labels';
  const labelsKey = keyOf(file, labelsName);
  if (labelsKey === undefined) {
    // Labels that the grid names must be there, wanted or not.
    if (reading.labels === 'needed' || reading.arrays?.labels !== undefined) refuseMissing(file, labelsName);
    return split;
  }
  const [count] = split.shape;
  const labels = usefulLabels(reading.labels, note, () => {
    const array = file.read(labelsKey, (found) => requireLabels(found, count, where(labelsKey)));
    return readLabels(array, count, where(labelsKey), note);
  });
  return labels === undefined ? split : { ...split, labels };
}
