import { type Digest, digestSchema } from '@oodgrid/contract';
import { z } from 'zod';
import type { ModelSource } from './model-source.js';

/** Identity of the source that turns files into a model: together with the files it determines every number. */
export const sourceIdentitySchema = z.object({
  kind: z.string().min(1),
  revision: z.number().int().min(1),
  /** Digest of the module that it came in; null for those of the catalog. */
  module: digestSchema.nullable(),
});
export type SourceIdentity = z.infer<typeof sourceIdentitySchema>;

/** Identity for models without a packed blob: weights of an architecture, as they were before there were sources. */
export const PLAIN_WEIGHTS: SourceIdentity = { kind: 'safetensors', revision: 1, module: null };

const modules = new WeakMap<ModelSource, Digest>();

/** Notes the digest of the module that a source came in. */
export const noteModule = (source: ModelSource, digest: Digest): void => {
  modules.set(source, digest);
};

export const identityOf = (source: ModelSource): SourceIdentity => ({
  kind: source.kind,
  revision: source.revision,
  module: modules.get(source) ?? null,
});

export const isSameSource = (a: SourceIdentity, b: SourceIdentity): boolean =>
  a.kind === b.kind && a.revision === b.revision && a.module === b.module;
