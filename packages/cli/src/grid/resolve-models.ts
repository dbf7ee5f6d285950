import { basename, resolve } from 'node:path';
import { canonicalJson, type ModelFacts, type ModelSpec, OodError, sha256 } from '@oodgrid/contract';
import { readRegularFile } from '@oodgrid/formats';
import {
  entryOptions,
  entrySource,
  findModel,
  findModelSource,
  identityOf,
  isSameSource,
  type ModelReference,
  type ModelSource,
  PLAIN_WEIGHTS,
  packModel,
  type ResolvedModel,
  resolveModel as resolveBySource,
  safetensors,
  weightsPath,
} from '@oodgrid/models';
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
  /** Of a model whose values were computed elsewhere. */
  readonly splitFiles?: NonNullable<ResolvedModel['splitFiles']>;
  /** Equal for entries that give equal models. */
  readonly identity: string;
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
    if (known.identity !== model.identity) {
      throw new OodError(
        'invalid-input',
        `two different models are called "${model.spec.name}"; give one of them another name`,
      );
    }
    byName.set(model.spec.name, known);
  }
  return [...byName.values()];
}

/** Makes a model a blob. Throws when a file is missing, not what the catalog promises, or unfit. */
async function resolveModel(reference: ModelReference, sources: ModelSources): Promise<GridModel> {
  if (typeof reference !== 'string') {
    const { name } = reference;
    const source = findModelSource(entrySource(reference));
    const read = (path: string, what?: string) => readFile(name, resolve(sources.baseDir, path), what);
    const options = entryOptions(reference);
    return storeModel(source, await resolveBySource(source, options, { name, read }), options, sources);
  }
  const declared = sources.declared.find((model) => typeof model !== 'string' && model.name === reference);
  if (declared !== undefined) return resolveModel(declared, sources);
  const card = findModel(reference);
  if (card === undefined) throw new OodError('not-found', `unknown model "${reference}"`);
  const { name, architecture, classes, sha256: expected } = card;
  const weights = weightsPath(sources.modelsDir, name);
  const read = async () => {
    const file = await readFile(name, weights);
    const got = sha256(file.bytes);
    if (got === expected) return file;
    throw new OodError(
      'corrupt-data',
      `${weights}: SHA-256 is ${got}, expected ${expected}; restore it with "git checkout ${basename(weights)}"`,
    );
  };
  const options = { architecture, weights, classes };
  return storeModel(
    safetensors,
    await resolveBySource(safetensors, options, { name, read }),
    options,
    sources,
  );
}

async function readFile(model: string, path: string, what = 'the weights') {
  const bytes = await readRegularFile(path);
  if (bytes !== undefined) return { path, bytes };
  throw new OodError(
    'not-found',
    `${path}: ${what} of model "${model}" could not be read: there is no such file`,
  );
}

async function storeModel(
  source: ModelSource,
  { facts, files, notes, splitFiles }: ResolvedModel,
  options: Readonly<Record<string, unknown>>,
  { blobs, note }: ModelSources,
): Promise<GridModel> {
  for (const line of notes) note(line);
  const { name, architecture, classes } = facts;
  const identity = identityOf(source);
  const plain = isSameSource(identity, PLAIN_WEIGHTS) ? files.weights : undefined;
  const blob = plain ?? packModel({ source: identity, facts, files });
  const common = { name, architecture, classes, weights: await blobs.put(blob) };
  const spec = plain === undefined ? { ...common, source: source.kind } : common;
  // Values of splits are read later: until then it is the options that tell two of them apart.
  if (splitFiles === undefined) return { facts, spec, identity: canonicalJson(spec) };
  return { facts, spec, identity: canonicalJson({ spec, options }), splitFiles };
}
