import { basename, resolve } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import { findModel, readWeights, weightsPath } from '@oodgrid/models';
import { type ModelReference, type ModelSpec, OodError, sha256 } from '@oodgrid/protocol';
import type { BlobStore } from '@oodgrid/transport';

export interface ModelSources {
  readonly modelsDir: string;
  /** Folder that the grid's relative paths start from. */
  readonly baseDir: string;
  /** The grid's `models`, where rows may refer to by name. */
  readonly declared: readonly ModelReference[];
  readonly blobs: BlobStore;
  /** Takes what is to be said of weights, in a line. */
  readonly note: (line: string) => void;
}

/** Makes a model's weights a blob. Throws when the file is missing, not what the catalog promises, or unfit. */
export async function resolveModel(reference: ModelReference, sources: ModelSources): Promise<ModelSpec> {
  if (typeof reference !== 'string') {
    const { name, architecture, weights, classes } = reference;
    return storeModel({ name, architecture, classes }, resolve(sources.baseDir, weights), sources);
  }
  const declared = sources.declared.find((model) => typeof model !== 'string' && model.name === reference);
  if (declared !== undefined) return resolveModel(declared, sources);
  const card = findModel(reference);
  if (card === undefined) throw new OodError('not-found', `unknown model "${reference}"`);
  const { name, architecture, classes, sha256: expected } = card;
  return storeModel({ name, architecture, classes }, weightsPath(sources.modelsDir, name), sources, expected);
}

async function storeModel(
  model: Omit<ModelSpec, 'weights'>,
  path: string,
  { blobs, note }: ModelSources,
  expected?: string,
): Promise<ModelSpec> {
  const bytes = await readRegularFile(path);
  if (bytes === undefined) {
    throw new OodError(
      'not-found',
      `${path}: the weights of model "${model.name}" could not be read: there is no such file`,
    );
  }
  const got = sha256(bytes);
  if (expected !== undefined && got !== expected) {
    throw new OodError(
      'corrupt-data',
      `${path}: SHA-256 is ${got}, expected ${expected}; restore it with "git checkout ${basename(path)}"`,
    );
  }
  const { blob, notes } = readWeights(bytes, path, model);
  for (const line of notes) note(line);
  return { ...model, weights: await blobs.put(blob) };
}
