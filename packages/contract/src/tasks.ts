import { z } from 'zod';
import { type Digest, digestSchema } from './ids.js';
import { passSchema } from './method-plan.js';
import { visibleName } from './visible-name.js';

const count = z
  .number()
  .int()
  .min(0)
  .max(2 ** 31);

const name = visibleName(200);

/** A model whose weights are a blob. */
export const modelSpecSchema = z.object({
  name,
  /** One that the executor's catalog has; it refuses others. */
  architecture: name,
  weights: digestSchema,
  classes: z.number().int().min(2).max(100_000),
  /** Kind of the source that `weights` is a packed model of; left out where they are the weights of `architecture`. */
  source: name.exactOptional(),
  /**
   * Of a model whose values were computed elsewhere: the blob of what it has of a split, by the split's name, `mnist/test`. A task has
   * that of the split that it reads, and no other.
   */
  splits: z.record(z.string(), digestSchema).exactOptional(),
});
export type ModelSpec = z.infer<typeof modelSpecSchema>;

/** Every blob that a model is made of. */
export const blobsOfModel = ({ weights, splits = {} }: ModelSpec): readonly Digest[] => [
  weights,
  ...Object.values(splits),
];

/**
 * One split of a data set: a safetensors blob of U8 `images` [n, h, w, c], or F32 for floats that are used as they are, and U8 or
 * I32 `labels` [n], absent where there are none.
 */
export const dataRefSchema = z.object({ name, images: digestSchema });
export type DataRef = z.infer<typeof dataRefSchema>;

/** Pixels become (u8 / 255 - mean) / std, one entry per channel. Floats are used as they are, with means 0 and deviations 1. */
export const normalisationSchema = z.object({
  mean: z.array(z.number()).min(1).max(16),
  std: z.array(z.number().positive()).min(1).max(16),
});
export type Normalisation = z.infer<typeof normalisationSchema>;

/** Conversion of pixels: the ID set's normalisation, or, for a data set that belongs to a method, (u8 - offset) / 255. */
export const transformSchema = z.union([normalisationSchema, z.object({ offset: z.number() })]);
export type Transform = z.infer<typeof transformSchema>;

/** Order in which a task reads samples; slices are positions in it. */
const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file') }),
  z.object({ kind: z.literal('numpy-permutation'), seed: z.number().int().min(0) }),
]);
export type Order = z.infer<typeof orderSchema>;

/** One method's part of a task. Its result has a row per sample; columns are ordered by candidate, then by the method's own order. */
const unitSpecSchema = z.object({
  /** Content address of the result: the cache key. */
  key: digestSchema,
  /** Name in the engine's method table. */
  method: z.string().min(1),
  /** Digest of the user's module, if any: an executor that has loaded another one refuses the unit. */
  module: digestSchema.exactOptional(),
  options: z.record(z.string(), z.unknown()),
  fitted: digestSchema.nullable(),
  /** Kind of pass, from the method's plan. */
  pass: passSchema,
  /** Hyper-parameter settings to evaluate; empty where there is nothing to choose. */
  candidates: z.array(z.record(z.string(), z.number())),
});
export type UnitSpec = z.infer<typeof unitSpecSchema>;

/** The unit of leasing: one slice of one split, one model, and every method that shares the pass. */
export const taskSpecSchema = z.object({
  kind: z.enum(['fit', 'sweep', 'score']),
  model: modelSpecSchema,
  data: dataRefSchema,
  transform: transformSchema,
  order: orderSchema,
  /** Positions [from, to) in the order; batches start at `from`. */
  from: count,
  to: count,
  batch: z.number().int().min(1).max(65_536),
  seed: z.number().int().min(0),
  units: z.array(unitSpecSchema).min(1),
});
export type TaskSpec = z.infer<typeof taskSpecSchema>;

/** Passes done, counted in images: an image forwarded 88 times counts 88. */
const total = z.number().int().min(0);
export const workCountsSchema = z.object({ images: total, forwards: total, gradients: total });
export type WorkCounts = z.infer<typeof workCountsSchema>;
