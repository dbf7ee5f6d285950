import { visibleName } from '@oodgrid/protocol';
import { z } from 'zod';
import { listArchitectures } from './architectures/catalog.js';

/** A model by its catalog name, by the name of an entry of `models`, or by its own weights. */
export const modelReferenceSchema = z.union([
  z.string().min(1).describe("a model's name"),
  z.strictObject({
    name: visibleName(200),
    architecture: z.enum(listArchitectures().map(({ name }) => name)),
    weights: z.string().min(1).describe('the path of a safetensors file'),
    classes: z.number().int().min(2).max(100_000).default(10),
  }),
]);
export type ModelReference = z.infer<typeof modelReferenceSchema>;
