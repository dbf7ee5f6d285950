import { z } from 'zod';
import { OodError } from './errors.js';
import { digestSchema } from './ids.js';
import { resolvedGridSchema } from './resolved-grid.js';

/** The cells of a grid, whose tasks cover `slice` samples each. */
const gridSpecSchema = z.object({
  kind: z.literal('grid'),
  grid: resolvedGridSchema,
  slice: z
    .number()
    .int()
    .min(1)
    .max(2 ** 24),
});
export type GridSpec = Readonly<z.infer<typeof gridSpecSchema>>;

/**
 * A graph of tasks like a grid's that computes nothing of use: `fits`, then `sweeps` that need a fit each,
 * then a choice between all sweeps, then `scores` that need the choice. For tests and benches of a cluster: only a
 * coordinator and workers that were started for it take it.
 */
const syntheticSpecSchema = z.object({
  kind: z.literal('synthetic'),
  seed: z.number().int().min(0),
  fits: z.number().int().min(0).max(10_000),
  sweeps: z.number().int().min(0).max(10_000),
  scores: z.number().int().min(0).max(2_000_000),
  rows: z.number().int().min(1).max(1_000_000),
  /** Blobs that every task reads, as the tasks of a grid read images. */
  blobs: z.array(digestSchema).max(100).readonly().exactOptional(),
  /** Pause of each task. */
  milliseconds: z.number().min(0),
  /** What goes wrong on purpose in the first score task. */
  fault: z.enum(['none', 'crash', 'hang', 'out-of-memory', 'throw']).default('none'),
});
export type SyntheticSpec = Readonly<z.infer<typeof syntheticSpecSchema>>;

/** What a run computes; large things are blobs. */
const runSpecSchema = z.discriminatedUnion('kind', [gridSpecSchema, syntheticSpecSchema]);
export type RunSpec = GridSpec | SyntheticSpec;

/** What a client wants computed, from the bytes that it sent. Throws `invalid-input` for what is no run specification. */
export function parseRunSpec(json: Uint8Array): RunSpec {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new OodError('invalid-input', `the run specification is no JSON: ${OodError.from(cause).message}`, {
      cause,
    });
  }
  const parsed = runSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OodError('invalid-input', `the run specification does not fit: ${z.prettifyError(parsed.error)}`);
}
