import { parseSafetensors, writeSafetensors } from '@oodgrid/formats';
import { type ModelFacts, OodError } from '@oodgrid/protocol';
import { z } from 'zod';
import type { ModelFiles } from './model-source.js';

const tap = z.string().min(1);
const size = z.number().int().min(0);

const factsSchema = z.object({
  architecture: z.string().min(1),
  classes: z.number().int().min(2),
  input: z.tuple([size, size, size]),
  layers: z.array(tap),
  penultimate: tap,
  features: size,
  logits: tap,
  offers: z.object({ head: z.boolean(), gradient: z.boolean(), dropout: z.boolean() }),
  dropoutTap: tap.nullable(),
  memory: z.object({ weightBytes: z.number().min(0), activationBytesPerImage: z.number().min(0) }),
});

/** A model of any source as one blob: its files as bytes, and what is known of it, its name apart. */
export function packModel({ name: _name, ...facts }: ModelFacts, files: ModelFiles): Uint8Array {
  const tensors = Object.entries(files).map(
    ([key, data]) => [key, { dtype: 'U8', shape: [data.length], data }] as const,
  );
  return writeSafetensors(new Map(tensors), { facts: JSON.stringify(facts) });
}

/** The inverse of `packModel`, for a model that the task calls `name`. Throws `corrupt-data` naming it. */
export function unpackModel(
  bytes: Uint8Array,
  name: string,
): { readonly facts: ModelFacts; readonly files: ModelFiles } {
  const { metadata, tensors } = parseSafetensors(bytes, name);
  const parsed = factsSchema.safeParse(jsonOf(metadata.facts));
  if (!parsed.success)
    throw new OodError(
      'corrupt-data',
      `model "${name}": its facts do not fit: ${z.prettifyError(parsed.error)}`,
    );
  const files = [...tensors].flatMap(([key, { data }]) =>
    data instanceof Uint8Array ? [[key, data] as const] : [],
  );
  return { facts: { name, ...parsed.data }, files: Object.fromEntries(files) };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
