import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { ARCHITECTURES, findModel, parseSafetensors, weightsPath } from '@oodgrid/engine';
import { type ModelReference, type ModelSpec, OodError, sha256 } from '@oodgrid/protocol';
import type { BlobStore } from '@oodgrid/transport';

export interface ModelSources {
  readonly modelsDir: string;
  /** Folder that the grid's relative paths start from. */
  readonly baseDir: string;
  /** The grid's `models`, where rows may refer to by name. */
  readonly declared: readonly ModelReference[];
  readonly blobs: BlobStore;
}

/** Makes a model's weights a blob. Throws when the file is missing, not what the catalog promises, or unfit. */
export async function resolveModel(reference: ModelReference, sources: ModelSources): Promise<ModelSpec> {
  if (typeof reference !== 'string') {
    const { name, architecture, weights, classes } = reference;
    return storeModel({ name, architecture, classes }, resolve(sources.baseDir, weights), sources.blobs);
  }
  const declared = sources.declared.find((model) => typeof model !== 'string' && model.name === reference);
  if (declared !== undefined) return resolveModel(declared, sources);
  const card = findModel(reference);
  if (card === undefined) throw new OodError('not-found', `unknown model "${reference}"`);
  const { name, architecture, classes, sha256: expected } = card;
  return storeModel(
    { name, architecture, classes },
    weightsPath(sources.modelsDir, name),
    sources.blobs,
    expected,
  );
}

async function storeModel(
  model: Omit<ModelSpec, 'weights'>,
  path: string,
  blobs: BlobStore,
  expected?: string,
): Promise<ModelSpec> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const error = OodError.from(cause);
    throw new OodError(
      error.code,
      `${path}: the weights of model "${model.name}" could not be read: ${error.message}`,
      { cause },
    );
  });
  const got = sha256(bytes);
  if (expected !== undefined && got !== expected) {
    throw new OodError(
      'corrupt-data',
      `${path}: SHA-256 is ${got}, expected ${expected}; restore it with "git checkout ${basename(path)}"`,
    );
  }
  checkWeights(model, bytes, path);
  return { ...model, weights: await blobs.put(bytes) };
}

/** Refuses weights that no task could use, before any task starts. */
function checkWeights(
  { name, architecture, classes }: Omit<ModelSpec, 'weights'>,
  bytes: Uint8Array,
  path: string,
): void {
  const { tensors } = parseSafetensors(bytes, path);
  const { headWeight } = ARCHITECTURES[architecture];
  const head = tensors.get(headWeight);
  if (head === undefined) {
    throw new OodError('corrupt-data', `${path}: has no tensor "${headWeight}"; is it a ${architecture}?`);
  }
  if (head.shape[0] !== classes) {
    throw new OodError(
      'invalid-input',
      `${path}: "${headWeight}" has ${head.shape[0]} classes, but the grid gives model "${name}" ${classes}; set classes: ${head.shape[0]}`,
    );
  }
  for (const [key, { data }] of tensors) {
    if (!(data instanceof Float32Array)) continue;
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new OodError('corrupt-data', `${path}: tensor "${key}" holds ${data[bad]} at element ${bad}`);
  }
}
