import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OodError, sha256 } from '@oodgrid/contract';
import { readRegularFile } from '@oodgrid/formats';
import { findDataset } from './catalog.js';
import type { Dataset, DecodedSplit, SplitFacts, SplitKind } from './dataset.js';
import { datasetBlob, parseDatasetBlob } from './dataset-blob.js';
import { type ReadOptions, SourceUnavailable } from './source.js';

export interface LoadOptions extends ReadOptions {
  readonly cacheDir: string;
  /** Receives one line for each source that is skipped. */
  readonly log: (line: string) => void;
}

export interface LoadedSplit extends DecodedSplit {
  /** Origin, as text for people. */
  readonly source: string;
}

export type DatasetState =
  | { readonly state: 'present' | 'absent'; readonly path: string }
  /** `reason` names the file and what is wrong with it. */
  | { readonly state: 'corrupt'; readonly path: string; readonly reason: string };

const cachePath = (cacheDir: string, name: string, split: SplitKind) =>
  join(cacheDir, 'data', name, `${split}.safetensors`);

/**
 * One split of a catalog data set: from the cache, else from the first source that has it, then cached.
 * Throws `not-found` for an unknown name or split, `unavailable` when no source has it, `corrupt-data`
 * naming file, expected and got when a checksum is wrong.
 */
export async function loadDataset(
  name: string,
  split: SplitKind,
  options: LoadOptions,
): Promise<LoadedSplit> {
  const dataset = findDataset(name);
  if (dataset === undefined) throw new OodError('not-found', `unknown data set "${name}"`);
  return loadFrom(dataset, split, options);
}

/** `loadDataset` for a data set that need not be in the catalog. */
export async function loadFrom(
  dataset: Dataset,
  split: SplitKind,
  options: LoadOptions,
): Promise<LoadedSplit> {
  const { name } = dataset;
  const facts = dataset.splits[split];
  if (facts === undefined) throw new OodError('not-found', `data set "${name}" has no ${split} split`);
  const cached = await fromCache(dataset, split, facts, options);
  if (cached !== undefined) return cached;
  const loaded = await fromSources(dataset, split, facts, options);
  await store(cachePath(options.cacheDir, name, split), datasetBlob(loaded));
  return loaded;
}

/** State of the cached copy of a catalog data set's split, its checksum included. */
export async function verifyDataset(
  name: string,
  split: SplitKind,
  options: Pick<LoadOptions, 'cacheDir'>,
): Promise<DatasetState> {
  const dataset = findDataset(name);
  if (dataset === undefined) throw new OodError('not-found', `unknown data set "${name}"`);
  return stateOf(dataset, split, options);
}

/** `verifyDataset` for a data set that need not be in the catalog. */
export async function stateOf(
  dataset: Dataset,
  split: SplitKind,
  { cacheDir }: Pick<LoadOptions, 'cacheDir'>,
): Promise<DatasetState> {
  const path = cachePath(cacheDir, dataset.name, split);
  const facts = dataset.splits[split];
  try {
    const bytes = await readRegularFile(path);
    if (bytes === undefined || facts === undefined) return { state: 'absent', path };
    requireFacts(parseDatasetBlob(bytes, path), dataset, facts, path);
    return { state: 'present', path };
  } catch (error) {
    return { state: 'corrupt', path, reason: OodError.from(error).message };
  }
}

async function fromCache(
  dataset: Dataset,
  split: SplitKind,
  facts: SplitFacts,
  { cacheDir, log }: LoadOptions,
): Promise<LoadedSplit | undefined> {
  const path = cachePath(cacheDir, dataset.name, split);
  try {
    const bytes = await readRegularFile(path);
    if (bytes === undefined) return undefined;
    const decoded = parseDatasetBlob(bytes, path);
    requireFacts(decoded, dataset, facts, path);
    return { ...decoded, source: 'cache' };
  } catch (error) {
    log(`${OodError.from(error).message}; fetching it again`);
    await rm(path, { force: true });
    return undefined;
  }
}

async function fromSources(
  dataset: Dataset,
  split: SplitKind,
  facts: SplitFacts,
  options: LoadOptions,
): Promise<LoadedSplit> {
  const skipped: string[] = [];
  const wanted = { dataset: dataset.name, files: dataset.files(split) };
  for (const source of dataset.sources) {
    try {
      const { files, names, from } = await source.read(wanted, options);
      const decoded = dataset.decode(files, names);
      requireFacts(decoded, dataset, facts, names.join(', '));
      return { ...decoded, source: from };
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      skipped.push(error.message);
      if (!error.isExpected) options.log(`${dataset.name}/${split}: skipped a source: ${error.message}`);
    }
  }
  throw new OodError(
    'unavailable',
    `data set "${dataset.name}" (${split}) is in no source that can be reached: ${skipped.join('; ')}. Put ${wanted.files.map(([name]) => name).join(', ')} into a folder and give it with --data-dir`,
  );
}

function requireFacts(
  { images, labels, shape }: DecodedSplit,
  { input, classes }: Pick<Dataset, 'input' | 'classes'>,
  facts: SplitFacts,
  where: string,
): void {
  const [count, ...size] = shape;
  if (count !== facts.count) {
    throw new OodError('corrupt-data', `${where}: expected ${facts.count} samples, got ${count}`);
  }
  if (size.some((length, axis) => length !== input[axis])) {
    throw new OodError(
      'corrupt-data',
      `${where}: expected images [${input.join(', ')}], got [${size.join(', ')}]`,
    );
  }
  const stray = labels.find((label) => label >= classes);
  if (stray !== undefined)
    throw new OodError(
      'corrupt-data',
      `${where}: label ${stray}, the data set has classes 0 to ${classes - 1}`,
    );
  if (facts.sha256 === null) return;
  for (const [what, bytes] of [
    ['images', images],
    ['labels', labels],
  ] as const) {
    const got = sha256(bytes);
    const expected = facts.sha256[what];
    if (got !== expected)
      throw new OodError(
        'corrupt-data',
        `${where}: SHA-256 of the ${what}: expected ${expected}, got ${got}`,
      );
  }
}

/** Written whole or not at all: to a temporary file, synced, renamed. */
async function store(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(fresh, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true });
    const error = OodError.from(cause);
    throw new OodError(error.code, `${path}: the data set could not be cached: ${error.message}`, { cause });
  }
}
