import { METHODS, type Method, needsOf, optionsOf, reference } from '@oodgrid/methods';
import type { ModelCard } from '@oodgrid/models';
import { z } from 'zod';

export const modelEntrySchema = z.object({
  name: z.string(),
  title: z.string(),
  architecture: z.string(),
  classes: z.number().int(),
  trainedOn: z.string(),
  testAccuracy: z.number(),
  sha256: z.string(),
  licence: z.string(),
  isPresent: z.boolean(),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

export const modelReportSchema = modelEntrySchema.extend({
  /** Whether the weights have the SHA-256 of the catalog. */
  isIntact: z.boolean(),
  tensors: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()) })),
});
export type ModelReport = z.infer<typeof modelReportSchema>;

export const modelEntry = ({ cites: _cites, ...card }: ModelCard, isPresent: boolean): ModelEntry => ({
  ...card,
  isPresent,
});

export const methodEntrySchema = z.object({
  name: z.string(),
  title: z.string(),
  reference: z.string(),
  score: z.string(),
  compute: z.string(),
  needs: z.string(),
  options: z.record(z.string(), z.string()),
  /** Values of options that a grid leaves out, by option. */
  defaults: z.record(z.string(), z.unknown()),
});
export type MethodEntry = z.infer<typeof methodEntrySchema>;

/** Of the catalog's, where none are given. */
export const methodEntries = (methods: readonly Method[] = METHODS): MethodEntry[] =>
  methods.map(methodEntry);

function methodEntry(method: Method): MethodEntry {
  const { name, card, arithmetic } = method;
  const options = optionsOf(method);
  return {
    name,
    title: card.title,
    reference: card.cites === undefined ? 'no reference' : reference(card.cites),
    score: card.score,
    compute: arithmetic.name,
    needs: ['one forward pass', ...needsOf(method)].join(', '),
    options: Object.fromEntries(options.map((option) => [option.name, option.text])),
    defaults: Object.fromEntries(
      options.filter((option) => option.default !== undefined).map((option) => [option.name, option.default]),
    ),
  };
}
