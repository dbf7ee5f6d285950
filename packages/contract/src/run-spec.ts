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

/** Specification of a run. Large inputs are blobs, named by digest. */
const runSpecSchema = z.discriminatedUnion('kind', [gridSpecSchema, syntheticSpecSchema]);
export type RunSpec = GridSpec | SyntheticSpec;

/** Parses a run specification from a client's bytes. Throws `invalid-input` when it is not one. */
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
