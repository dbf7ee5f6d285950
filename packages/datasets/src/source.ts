import type { FetchLimits } from './sources/fetch-file.js';

/** Equivalent names of one file, for example gzipped and not. */
export type FileNames = readonly [string, ...string[]];

/** The files of one split. */
export interface WantedFiles {
  /** Name of the data set. */
  readonly dataset: string;
  readonly files: readonly FileNames[];
}

export interface ReadOptions {
  readonly dataDirs: readonly string[];
  readonly signal: AbortSignal;
  readonly limits?: FetchLimits;
}

export interface RawFiles {
  /** In the order in which they were asked for. */
  readonly files: readonly Uint8Array[];
  /** Path or address of each file, for messages. */
  readonly names: readonly string[];
  /** Origin, as text for people. */
  readonly from: string;
}

/** A place from which the files of a data set can be had. */
export interface Source {
  /** All files that are wanted, or none: throws SourceUnavailable when the source does not have them. */
  read(wanted: WantedFiles, options: ReadOptions): Promise<RawFiles>;
}

/** A source that cannot give a data set now: the next one is tried. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  /** Whether nobody wonders about it: no line is written. */
  readonly isExpected: boolean;

  constructor(
    message: string,
    { cause, isExpected = false }: { cause?: unknown; isExpected?: boolean } = {},
  ) {
    super(message, { cause });
    this.isExpected = isExpected;
  }
}
