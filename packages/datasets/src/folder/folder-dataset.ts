import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import { OodError } from '@oodgrid/protocol';
import type { Labels, SplitContent, SplitKind } from '../dataset.js';
import { idxFiles, readIdxFile } from '../idx-pair.js';
import {
  type ArrayFile,
  type ArrayNames,
  keyOf,
  npzFile,
  refuseMissing,
  safetensorsFile,
} from './array-file.js';
import { type ImageReading, readImages, requireImages } from './user-images.js';
import { readLabels, requireLabels } from './user-labels.js';

/**
 * What labels are for. `needed`: refused without. `wanted`: used where they are. `unused`: what cannot be read as labels is
 * left out.
 */
export type LabelUse = 'needed' | 'wanted' | 'unused';

export interface FolderReading extends ImageReading {
  readonly labels: LabelUse;
  readonly arrays?: ArrayNames | undefined;
}

export interface FolderSplit extends SplitContent {
  /** Where it came from, for people. */
  readonly source: string;
  /** What was taken for what, a line each. */
  readonly notes: readonly string[];
}

const PLAIN: FolderReading = { inputs: [], pixels: 'bytes', labels: 'wanted' };
const MAX_LISTED = 10;

/**
 * Reads one split of a user's folder: `<split>.npz` or `<split>.safetensors` with `images` and `labels`, or IDX files named as
 * MNIST's. Throws `not-found` with what was looked for and what is there.
 */
export async function loadFolderDataset(
  dir: string,
  split: SplitKind,
  reading: FolderReading = PLAIN,
): Promise<FolderSplit> {
  const notes: string[] = [];
  const note = (line: string) => notes.push(line);
  const content =
    (await fromArchive(dir, split, reading, note)) ?? (await fromIdx(dir, split, reading, note));
  if (content !== undefined) return { ...content, source: dir, notes };
  const names = [`${split}.npz`, `${split}.safetensors`, ...idxFiles(split).map(([name]) => name)];
  throw new OodError(
    'not-found',
    `${dir}: no ${split} split; looked for ${names.join(', ')}; ${await whatIsThere(dir)}`,
  );
}

type Note = (line: string) => void;

async function fromArchive(
  dir: string,
  split: SplitKind,
  reading: FolderReading,
  note: Note,
): Promise<SplitContent | undefined> {
  for (const [ending, open] of [
    ['npz', npzFile],
    ['safetensors', safetensorsFile],
  ] as const) {
    const path = join(dir, `${split}.${ending}`);
    const bytes = await readRegularFile(path);
    if (bytes !== undefined) return fromArrays(open(bytes, path), reading, note);
  }
  return undefined;
}

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
  const labels = usefulLabels(reading, note, () => {
    const array = file.read(labelsKey, (found) => requireLabels(found, count, where(labelsKey)));
    return readLabels(array, count, where(labelsKey), note);
  });
  return labels === undefined ? split : { ...split, labels };
}

/** Labels that nothing reads are no reason to refuse a data set. */
function usefulLabels(reading: FolderReading, note: Note, read: () => Labels): Labels | undefined {
  try {
    return read();
  } catch (error) {
    if (reading.labels !== 'unused') throw error;
    note(`${OodError.from(error).message}; nothing here needs them, so they are left out`);
    return undefined;
  }
}

async function fromIdx(
  dir: string,
  split: SplitKind,
  reading: FolderReading,
  note: Note,
): Promise<SplitContent | undefined> {
  const [imageNames = [], labelNames = []] = idxFiles(split);
  const images = await firstOf(dir, imageNames);
  if (images === undefined) return undefined;
  const content = readImages(readIdxFile(images.bytes, images.path), reading, images.path, note);
  const labels = await firstOf(dir, labelNames);
  if (labels === undefined) {
    if (reading.labels !== 'needed') return content;
    throw new OodError(
      'not-found',
      `${images.path}: no labels beside it; looked for ${labelNames.join(', ')}`,
    );
  }
  const read = usefulLabels(reading, note, () =>
    readLabels(readIdxFile(labels.bytes, labels.path), content.shape[0], labels.path, note),
  );
  return read === undefined ? content : { ...content, labels: read };
}

async function firstOf(
  dir: string,
  names: readonly string[],
): Promise<{ readonly path: string; readonly bytes: Uint8Array } | undefined> {
  for (const name of names) {
    const path = join(dir, name);
    const bytes = await readRegularFile(path);
    if (bytes !== undefined) return { path, bytes };
  }
  return undefined;
}

async function whatIsThere(dir: string): Promise<string> {
  try {
    const names = (await readdir(dir)).sort();
    if (names.length === 0) return 'the folder is empty';
    const more = names.length - MAX_LISTED;
    const listed = names.slice(0, MAX_LISTED).map((name) => JSON.stringify(name));
    return `the folder holds ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  } catch (cause) {
    const { code, message } = OodError.from(cause);
    return code === 'not-found' ? 'there is no such folder' : message;
  }
}
