import type { Work } from '@oodgrid/contract';
import type { FileNames, Source } from './source.js';

export type SplitKind = 'test' | 'train';

/** Classes of samples, bytes where they all fit. */
export type Labels = Uint8Array | Int32Array;

/** Of an image. */
export type ImageSize = readonly [height: number, width: number, channels: number];

/** One split as workers get it, of the catalog or of a user. */
export interface SplitContent {
  /** [n, h, w, c]: bytes, or floats that are used as they are. */
  readonly images: Uint8Array | Float32Array;
  /** [n]; absent where the set has none. */
  readonly labels?: Labels;
  readonly shape: readonly [n: number, height: number, width: number, channels: number];
}

/** Images and labels of one split of the catalog, decoded. */
export interface DecodedSplit extends SplitContent {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** Facts that a decoded split must agree with. */
export interface SplitFacts {
  readonly count: number;
  /** SHA-256 of the image bytes and of the label bytes; null where only count and shape are checked. */
  readonly sha256: { readonly images: string; readonly labels: string } | null;
}

/** One data set of the catalog. */
export interface Dataset {
  readonly name: string;
  readonly title: string;
  /** The work that it comes from. */
  readonly cites: Work;
  /** Terms of use: the licence's name, or the makers' own statement. */
  readonly licence: string;
  readonly input: ImageSize;
  readonly classes: number;
  /** Normalisation of the `fssd-paper` protocol where this is the ID set; absent for OOD-only sets. */
  readonly normalisation?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly splits: Readonly<Partial<Record<SplitKind, SplitFacts>>>;
  /** Tried in their order. */
  readonly sources: readonly Source[];
  /** Names of the files of a split; a source may offer them with another ending, first found wins. */
  readonly files: (split: SplitKind) => readonly FileNames[];
  /** Decodes the files, in the order of `files`. `names` go into error messages. */
  readonly decode: (files: readonly Uint8Array[], names: readonly string[]) => DecodedSplit;
}
