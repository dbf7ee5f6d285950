import { z } from 'zod';
import { OodError } from './errors.js';
import { resolvedGridSchema } from './resolved-grid.js';
import { type SyntheticSpec, syntheticSpecSchema } from './synthetic.js';

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
