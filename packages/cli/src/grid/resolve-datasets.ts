import { resolve } from 'node:path';
import type { ResolvedDataset, ResolvedSplit } from '@oodgrid/coordinator';
import {
  ARCHITECTURES,
  datasetBlob,
  findDataset,
  type LoadedSplit,
  loadDataset,
  loadFolderDataset,
} from '@oodgrid/engine';
import { type DatasetReference, type ModelSpec, OodError } from '@oodgrid/protocol';
import type { BlobStore } from '@oodgrid/transport';
import type { CliContext } from '../context.js';
import type { DataInspector } from '../inspect/data-inspector.js';

export interface DatasetSources {
  readonly context: CliContext;
  readonly baseDir: string;
  readonly blobs: BlobStore;
  readonly models: readonly ModelSpec[];
  /** Looks at the images while they are in memory. */
  readonly inspector: DataInspector;
  readonly signal: AbortSignal;
}

/** Loads a data set's test split, and its train split where a method fits on it, and makes them blobs. */
export async function resolveDataset(
  name: string,
  reference: DatasetReference,
  isFittedOn: boolean,
  sources: DatasetSources,
): Promise<ResolvedDataset> {
  const normalisation =
    typeof reference === 'string' ? findDataset(reference)?.normalisation : reference.normalisation;
  const test = await resolveSplit(reference, name, 'test', sources);
  return {
    name,
    test,
    ...(isFittedOn ? { train: await resolveSplit(reference, name, 'train', sources) } : {}),
    ...(normalisation === undefined
      ? {}
      : { normalisation: { mean: [...normalisation.mean], std: [...normalisation.std] } }),
  };
}

async function resolveSplit(
  reference: DatasetReference,
  name: string,
  split: 'test' | 'train',
  sources: DatasetSources,
): Promise<ResolvedSplit> {
  const { context, baseDir, signal, blobs, models, inspector } = sources;
  const loaded =
    typeof reference === 'string'
      ? await loadDataset(reference, split, { ...context, signal })
      : await loadFolderDataset(resolve(baseDir, reference.dir), split);
  checkFit(name, split, loaded, models);
  inspector.add(name, split, loaded);
  const images = await blobs.put(datasetBlob(loaded));
  return { ref: { name: `${name}/${split}`, images }, count: loaded.shape[0] };
}

function checkFit(
  name: string,
  split: string,
  { shape, labels }: LoadedSplit,
  models: readonly ModelSpec[],
): void {
  const [, height, width, channels] = shape;
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  for (const model of models) {
    const [wantHeight, wantWidth, wantChannels] = ARCHITECTURES[model.architecture].input;
    if (height !== wantHeight || width !== wantWidth || channels !== wantChannels) {
      throw new OodError(
        'invalid-input',
        `data set "${name}" has images of ${height}x${width}x${channels}, but model "${model.name}" takes ${wantHeight}x${wantWidth}x${wantChannels}`,
      );
    }
    if (split === 'train' && largest >= model.classes) {
      throw new OodError(
        'invalid-input',
        `the train set of "${name}" has labels up to ${largest}, but model "${model.name}" has ${model.classes} classes`,
      );
    }
  }
}
