import { digestSchema } from '@oodgrid/protocol';
import { z } from 'zod';
import type { ResolvedGrid } from '../planner/resolved-grid.js';

/** What a run computes; large things are blobs. */
export type RunSpec = GridSpec | SyntheticSpec;

export interface GridSpec {
  readonly kind: 'grid';
  readonly grid: ResolvedGrid;
  readonly slice: number;
}

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
  blobs: z.array(digestSchema).max(100).optional(),
  /** Pause of each task. */
  milliseconds: z.number().min(0),
  /** What goes wrong on purpose in the first score task. */
  fault: z.enum(['none', 'crash', 'hang', 'out-of-memory', 'throw']).default('none'),
});
export type SyntheticSpec = z.infer<typeof syntheticSpecSchema>;
