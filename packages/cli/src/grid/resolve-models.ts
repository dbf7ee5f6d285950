import { basename, resolve } from 'node:path';
import { readRegularFile } from '@oodgrid/formats';
import { findModel, type ModelReference, safetensors, weightsPath } from '@oodgrid/models';
import { canonicalJson, type ModelFacts, type ModelSpec, OodError, sha256 } from '@oodgrid/protocol';
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

/** A model of the grid: what workers get of it, and what is known of it. */
export interface GridModel {
  readonly spec: ModelSpec;
  readonly facts: ModelFacts;
}

/** Models by their names, each once. Throws where two that differ share a name. */
export async function resolveModels(
  references: readonly ModelReference[],
  sources: ModelSources,
): Promise<GridModel[]> {
  const models: GridModel[] = [];
  for (const reference of references) models.push(await resolveModel(reference, sources));
  return oneOfEachName(models);
}

/** Throws where two models that differ share a name. */
export function oneOfEachName(models: readonly GridModel[]): GridModel[] {
  const byName = new Map<string, GridModel>();
  for (const model of models) {
    const known = byName.get(model.spec.name) ?? model;
    if (canonicalJson(known.spec) !== canonicalJson(model.spec)) {
      throw new OodError(
        'invalid-input',
        `two different models are called "${model.spec.name}"; give one of them another name`,
      );
    }
    byName.set(model.spec.name, known);
  }
  return [...byName.values()];
}

/** Makes a model's weights a blob. Throws when the file is missing, not what the catalog promises, or unfit. */
async function resolveModel(reference: ModelReference, sources: ModelSources): Promise<GridModel> {
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
): Promise<GridModel> {
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
  const { facts, files, notes } = await safetensors.resolve(
    { ...model, weights: path },
    { name: model.name, read: async () => ({ path, bytes }) },
  );
  for (const line of notes) note(line);
  const { weights } = files;
  if (weights === undefined) throw new OodError('internal', `model "${model.name}" came without weights`);
  return { spec: { ...model, weights: await blobs.put(weights) }, facts };
}
