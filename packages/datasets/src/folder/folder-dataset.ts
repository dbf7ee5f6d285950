import { readdir } from 'node:fs/promises';
import { OodError } from '@oodgrid/contract';
import type { SplitContent, SplitKind } from '../dataset.js';
import type { FolderReading } from './folder-format.js';
import { FOLDER_FORMATS } from './formats/catalog.js';

export interface FolderSplit extends SplitContent {
  /** Origin, as text for people. */
  readonly source: string;
  /** Interpretations of the folder's files, a line each. */
  readonly notes: readonly string[];
}

const PLAIN: FolderReading = { inputs: [], pixels: 'bytes', labels: 'wanted' };
const MAX_LISTED = 10;

/**
 * Reads one split of a user's folder, in the first format that is there. Throws `not-found` with what was looked for and what is
 * there.
 */
export async function loadFolderDataset(
  dir: string,
  split: SplitKind,
  reading: FolderReading = PLAIN,
): Promise<FolderSplit> {
  const notes: string[] = [];
  for (const format of FOLDER_FORMATS) {
    const content = await format.read(dir, split, reading, (line) => notes.push(line));
    if (content !== undefined) return { ...content, source: dir, notes };
  }
  const names = FOLDER_FORMATS.flatMap((format) => format.files(split));
  throw new OodError(
    'not-found',
    `${dir}: no ${split} split; looked for ${names.join(', ')}; ${await whatIsThere(dir)}`,
  );
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
