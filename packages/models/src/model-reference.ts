import { visibleName } from '@oodgrid/contract';
import { z } from 'zod';
import type { ModelSource } from './model-source.js';
import { modelSources } from './registry.js';
import { safetensors } from './sources/safetensors.js';

/** A model of the user's: its name, where it comes from, and the options of that source with their defaults. */
export interface ModelEntry {
  readonly name: string;
  /** `safetensors`, where it is left out. */
  readonly source?: string | undefined;
  readonly [option: string]: unknown;
}

/** A model by its catalog name, by the name of an entry of `models`, or as an entry of its own. */
export type ModelReference = string | ModelEntry;

function entrySchema({ kind, config }: ModelSource) {
  const source = z.literal(kind);
  return z.strictObject({
    name: visibleName(200),
    source: kind === safetensors.kind ? source.optional() : source,
    ...config.shape,
  });
}

/** Of the sources that are known when it is first used: modules are registered before a grid is read. */
export const modelReferenceSchema: z.ZodType<ModelReference> = z.lazy(() => {
  const [first, ...rest] = modelSources().map(entrySchema);
  if (first === undefined) throw new RangeError('a model needs a source to come from');
  const name = z.string().min(1).describe("a model's name");
  return z.union([name, z.discriminatedUnion('source', [first, ...rest])]);
});

/** Name of the source of an entry's model. */
export const entrySource = ({ source }: ModelEntry): string => source ?? safetensors.kind;

/** Returns the options of an entry: everything but its name and source. */
export function entryOptions({
  name: _name,
  source: _source,
  ...options
}: ModelEntry): Record<string, unknown> {
  return options;
}
