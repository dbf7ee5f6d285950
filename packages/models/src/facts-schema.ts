import { z } from 'zod';

const tap = z.string().min(1).max(200);
const size = z.number().int().min(0);

/** Facts about a model without its name. Every tap that is named exists, and everything offered can be computed. */
export const factsSchema = z
  .object({
    architecture: z.string().min(1).max(200),
    classes: z.number().int().min(2).max(100_000),
    input: z.tuple([size, size, size]).nullable(),
    taps: z.array(tap).min(1),
    layers: z.array(tap),
    penultimate: tap,
    features: size,
    logits: tap,
    offers: z.object({ head: z.boolean(), gradient: z.boolean(), dropout: z.boolean() }),
    dropoutTap: tap.nullable(),
    memory: z.object({ weightBytes: z.number().min(0), activationBytesPerImage: z.number().min(0) }),
  })
  .refine(({ taps }) => new Set(taps).size === taps.length, { path: ['taps'], error: 'one is there twice' })
  .refine(({ taps, logits }) => taps.includes(logits), { path: ['logits'], error: 'is none of taps' })
  .refine(({ taps, layers }) => layers.every((layer) => taps.includes(layer)), {
    path: ['layers'],
    error: 'one is none of taps',
  })
  .refine(({ taps, penultimate, features }) => !taps.includes(penultimate) || features > 0, {
    path: ['features'],
    error: 'a penultimate tap has some',
  })
  .refine(({ input, offers }) => input !== null || !(offers.gradient || offers.dropout), {
    path: ['offers'],
    error: 'without an input there are neither gradients nor dropout',
  })
  .refine(({ taps, dropoutTap, offers }) => !offers.dropout || taps.includes(dropoutTap ?? ''), {
    path: ['dropoutTap'],
    error: 'is none of taps',
  });
