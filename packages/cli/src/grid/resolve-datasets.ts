import { resolve } from 'node:path';
import {
  type ModelFacts,
  type Normalisation,
  OodError,
  type ResolvedDataset,
  type ResolvedSplit,
} from '@oodgrid/contract';
import {
  datasetBlob,
  findDataset,
  loadDataset,
  loadFolderDataset,
  type PixelUse,
  type SplitContent,
  type SplitKind,
} from '@oodgrid/datasets';
import {
  type DatasetReference,
  type FolderReference,
  isFolder,
  isImageless,
  isSynthetic,
} from '@oodgrid/grid';
import type { BlobStore } from '@oodgrid/transport';
import type { CliContext } from '../context.js';
import type { DataInspector } from '../inspect/data-inspector.js';
import { requireEveryClass, requireLabelsFit } from '../inspect/label-warnings.js';
import { imagelessSplit, NO_NORMALISATION } from './imageless-split.js';
import { requireSameSamples } from './require-same-samples.js';
import type { SplitValues } from './split-values.js';
import { syntheticSplit } from './synthetic-split.js';

export interface DatasetSources {
  readonly context: CliContext;
  readonly baseDir: string;
  readonly blobs: BlobStore;
  readonly models: readonly ModelFacts[];
  /** Beside those: members of ensembles and others that rows name. */
  readonly auxiliaryModels: readonly ModelFacts[];
  /** Features and logits of splits that were computed outside, by model. */
  readonly values: SplitValues;
  /** The first entry of the grid that fits on labels, for messages: `methods[2] mahalanobis`. */
  readonly needsLabels: string | undefined;
  /** The first one that fits on samples of every class. */
  readonly needsEveryClass: string | undefined;
  /** Looks at the images while they are in memory. */
  readonly inspector: DataInspector;
  readonly signal: AbortSignal;
}

/** The uses that a grid makes of a data set: they say which splits and labels it needs. */
export interface DatasetUse {
  readonly isId: boolean;
  /** Whether a method fits on its train split. */
  readonly isFittedOn: boolean;
  readonly pixels: PixelUse;
}

/** Loads a data set's test split, and its train split where a method fits on it, and makes them blobs. */
export async function resolveDataset(
  name: string,
  reference: DatasetReference,
  use: DatasetUse,
  sources: DatasetSources,
): Promise<ResolvedDataset> {
  const { channels, ...test } = await resolveSplit(reference, name, 'test', use, sources);
  const normalisation = normalisationOf(reference, channels);
  const train = use.isFittedOn ? await resolveSplit(reference, name, 'train', use, sources) : undefined;
  return {
    name,
    test,
    ...(train === undefined ? {} : { train: { ref: train.ref, count: train.count } }),
    ...(normalisation === undefined ? {} : { normalisation }),
  };
}

function normalisationOf(reference: DatasetReference, channels: number): Normalisation | undefined {
  if (isImageless(reference)) return NO_NORMALISATION;
  const found = typeof reference === 'string' ? findDataset(reference) : undefined;
  const given = isFolder(reference) ? reference.normalisation : found?.normalisation;
  if (given === undefined) return undefined;
  const same = (value: number) => new Array<number>(channels).fill(value);
  if (given === 'none') return { mean: same(0), std: same(1) };
  return { mean: [...given.mean], std: [...given.std] };
}

async function resolveSplit(
  reference: DatasetReference,
  name: string,
  split: SplitKind,
  use: DatasetUse,
  sources: DatasetSources,
): Promise<ResolvedSplit & { readonly channels: number }> {
  const { blobs, models, auxiliaryModels, inspector, values } = sources;
  const loaded = await loadSplit(reference, name, split, use, sources);
  checkSize(name, loaded, [...models, ...auxiliaryModels]);
  if (use.isId && loaded.labels !== undefined)
    requireSameSamples(`${name}/${split}`, await values.of(name, split), {
      owner: 'the data set',
      labels: loaded.labels,
    });
  // Those of an OOD set are read by nobody.
  if (use.isId && loaded.labels !== undefined) requireLabelsFit(name, split, loaded.labels, models);
  if (split === 'train' && loaded.labels !== undefined && sources.needsEveryClass !== undefined)
    requireEveryClass(name, loaded.labels, models, sources.needsEveryClass);
  if (isImageless(reference))
    inspector.addImageless(name, split, loaded.labels, await values.of(name, split));
  else inspector.add(name, split, loaded);
  const images = await blobs.put(datasetBlob(loaded));
  const [count, , , channels] = loaded.shape;
  return {
    ref: { name: `${name}/${split}`, images },
    count,
    channels,
    // Absent where there are labels, so that what describes a grid stays as it was.
    ...(use.isId && loaded.labels === undefined ? { isUnlabelled: true } : {}),
  };
}

async function loadSplit(
  reference: DatasetReference,
  name: string,
  split: SplitKind,
  use: DatasetUse,
  sources: DatasetSources,
): Promise<SplitContent> {
  if (typeof reference === 'string') return loadFromCatalog(reference, split, use, sources);
  if (isFolder(reference)) return loadFromFolder(reference, split, use, sources);
  if (isSynthetic(reference)) {
    const { of } = reference;
    const changed = of === undefined ? null : await loadSplit(of, name, 'test', use, sources);
    return syntheticSplit(name, reference, changed, use.pixels, sources.models);
  }
  const neededBy = split === 'train' ? sources.needsLabels : undefined;
  return imagelessSplit(name, split, { isId: use.isId, neededBy }, sources.values);
}

async function loadFromCatalog(
  name: string,
  split: SplitKind,
  { pixels }: DatasetUse,
  { context, signal }: DatasetSources,
): Promise<SplitContent> {
  if (pixels === 'floats') {
    throw new OodError(
      'invalid-input',
      `data set "${name}" holds bytes, but normalisation: none on the ID side of its pair uses floats as they are, on both sides; give it as a folder of floats that were normalised as the ID side's`,
    );
  }
  return loadDataset(name, split, { ...context, signal });
}

async function loadFromFolder(
  { dir, layout, arrays }: FolderReference,
  split: SplitKind,
  { isId, pixels }: DatasetUse,
  { context, baseDir, models }: DatasetSources,
): Promise<SplitContent> {
  const wanted = isId ? 'wanted' : 'unused';
  const { notes, ...loaded } = await loadFolderDataset(resolve(baseDir, dir), split, {
    inputs: models.flatMap(({ input }) => (input === null ? [] : [input])),
    pixels,
    labels: split === 'train' ? 'needed' : wanted,
    ...(layout === undefined ? {} : { layout }),
    ...(arrays === undefined ? {} : { arrays }),
  });
  for (const note of notes) context.log(note);
  return loaded;
}

function checkSize(name: string, { shape }: SplitContent, models: readonly ModelFacts[]): void {
  const [, height, width, channels] = shape;
  for (const model of models) {
    if (model.input === null) continue;
    const [wantHeight, wantWidth, wantChannels] = model.input;
    if (height !== wantHeight || width !== wantWidth || channels !== wantChannels) {
      throw new OodError(
        'invalid-input',
        `data set "${name}" has images of ${height}x${width}x${channels}, but model "${model.name}" takes ${wantHeight}x${wantWidth}x${wantChannels}`,
      );
    }
  }
}
