import { z } from 'zod';
import { digestSchema } from './ids.js';

// Work that computes nothing of use, to test and to measure a cluster. A coordinator takes it with `serve --synthetic` alone and
// an executor with `--engine none` alone, so nobody who may submit grids can make a production cluster do what `fault` says.

/** Faults that a synthetic task can cause on purpose. */
const faultSchema = z.enum(['none', 'crash', 'hang', 'out-of-memory', 'throw']);

/**
 * A graph of tasks like a grid's that computes nothing of use: `fits`, then `sweeps` that need a fit each,
 * then a choice between all sweeps, then `scores` that need the choice.
 */
export const syntheticSpecSchema = z.object({
  kind: z.literal('synthetic'),
  seed: z.number().int().min(0),
  fits: z.number().int().min(0).max(10_000),
  sweeps: z.number().int().min(0).max(10_000),
  scores: z.number().int().min(0).max(2_000_000),
  rows: z.number().int().min(1).max(1_000_000),
  /** Blobs that every task reads, as the tasks of a grid read images. */
  blobs: z.array(digestSchema).max(100).readonly().exactOptional(),
  /** Memory that each task is said to need. */
  memoryBytes: z.number().int().min(0).exactOptional(),
  /** Pause of each task. */
  milliseconds: z.number().min(0),
  /** Fault of the first score task. */
  fault: faultSchema.default('none'),
});
export type SyntheticSpec = Readonly<z.infer<typeof syntheticSpecSchema>>;

/**
 * A task that computes nothing of use: numbers that depend on its seed alone, after a pause.
 */
export const syntheticTaskSchema = z.object({
  kind: z.literal('synthetic'),
  of: z.enum(['fit', 'sweep', 'score']),
  key: digestSchema,
  seed: z.number().int().min(0),
  rows: z.number().int().min(0).max(1_000_000),
  /** Blobs that it reads; their content does not matter. */
  reads: z.array(digestSchema).optional(),
  milliseconds: z.number().min(0),
  fault: faultSchema,
});
export type SyntheticTask = z.infer<typeof syntheticTaskSchema>;
