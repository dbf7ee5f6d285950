import type { SplitContent, SplitKind } from '../dataset.js';
import type { ArrayNames } from './array-file.js';
import type { ImageReading } from './user-images.js';

/**
 * The use of labels. `needed`: refused without. `wanted`: used where they are. `unused`: what cannot be read as labels is
 * left out.
 */
export type LabelUse = 'needed' | 'wanted' | 'unused';

export interface FolderReading extends ImageReading {
  readonly labels: LabelUse;
  readonly arrays?: ArrayNames | undefined;
}

/** Takes a line about what was guessed or left out. */
export type Note = (line: string) => void;

/** A form in which a user's folder may hold a split. */
export interface FolderFormat {
  /** Names of the files that are looked for, for messages. */
  files(split: SplitKind): readonly string[];
  /** Undefined where the files are not there. Throws with path and reason what cannot be read. */
  read(dir: string, split: SplitKind, reading: FolderReading, note: Note): Promise<SplitContent | undefined>;
}
