import type { Method } from '@oodgrid/methods';
import { type ModelReference, modelReferenceSchema } from '@oodgrid/models';
import type { GridMethod } from './schema.js';

/** A model that a method names, and where it stands in the method's entry: `members[1]`, `model`. */
export interface NamedModel {
  readonly path: readonly PropertyKey[];
  readonly reference: ModelReference;
}

/** Models that a row uses instead of the cell's own, in the order of the grid; none for most methods. */
export function modelsOf(entry: GridMethod, methods: readonly Method[]): readonly NamedModel[] {
  const option = methods.find(({ name }) => name === entry.name)?.models;
  if (option === undefined) return [];
  const value = entry[option];
  const references: readonly unknown[] = Array.isArray(value) ? value : [value];
  return references.map((reference, i) => ({
    path: Array.isArray(value) ? [option, i] : [option],
    reference: modelReferenceSchema.parse(reference),
  }));
}
