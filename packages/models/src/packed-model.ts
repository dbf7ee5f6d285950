import { canonicalJson, type ModelFacts, OodError } from '@oodgrid/contract';
import { parseSafetensors, type Safetensors, writeSafetensors } from '@oodgrid/formats';
import { z } from 'zod';
import { factsSchema } from './facts-schema.js';
import type { ModelFiles } from './model-source.js';
import { type SourceIdentity, sourceIdentitySchema } from './source-identity.js';

export interface PackedModel {
  /** The source that packed it and has to open it. */
  readonly source: SourceIdentity;
  readonly facts: ModelFacts;
  readonly files: ModelFiles;
}

/**
 * A model of any source as one blob: its files as bytes, what is known of it, its name apart, and which source that is. So the blob's
 * digest, which is in every cache key, tells two sources, and two versions of one, apart.
 */
export function packModel({ source, facts: { name: _name, ...facts }, files }: PackedModel): Uint8Array {
  return packFiles(files, { facts: canonicalJson(facts), source: canonicalJson(source) });
}

/** Files as one blob, in one order, however the source named them: equal files are equal bytes. */
export function packFiles(files: ModelFiles, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const tensors = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, data]) => [key, { dtype: 'U8', shape: [data.length], data }] as const);
  return writeSafetensors(new Map(tensors), metadata);
}

/** The inverse of `packFiles`. Throws `corrupt-data` naming it by `name`. */
export const unpackFiles = (bytes: Uint8Array, name: string): ModelFiles =>
  filesOf(parseSafetensors(bytes, name));

const filesOf = ({ tensors }: Pick<Safetensors, 'tensors'>): ModelFiles =>
  Object.fromEntries(
    [...tensors].flatMap(([key, { data }]) => (data instanceof Uint8Array ? [[key, data] as const] : [])),
  );

/** The inverse of `packModel`, for a model that the task calls `name`. Throws `corrupt-data` naming it. */
export function unpackModel(bytes: Uint8Array, name: string): PackedModel {
  const { metadata, tensors } = parseSafetensors(bytes, name);
  const facts = factsSchema.safeParse(jsonOf(metadata.facts));
  const source = sourceIdentitySchema.safeParse(jsonOf(metadata.source));
  for (const { error } of [facts, source])
    if (error !== undefined)
      throw new OodError('corrupt-data', `model "${name}": its facts do not fit: ${z.prettifyError(error)}`);
  if (!facts.success || !source.success) throw new OodError('internal', `model "${name}" was not unpacked`);
  return { source: source.data, facts: { name, ...facts.data }, files: filesOf({ tensors }) };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
