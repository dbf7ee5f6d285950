import { z } from 'zod';
import { visibleName } from './visible-name.js';

const text = visibleName(2000);

/**
 * A published work as one cites it: plain text, markup of no format. Where it appeared is one of `journal`, `proceedings` and
 * `institution`; a preprint has none of them.
 */
export const workSchema = z.object({
  /** First names first, joined by " and ", as BibTeX has them. */
  authors: text,
  title: text,
  year: z.number().int().min(1600).max(9999),
  journal: text.exactOptional(),
  proceedings: text.exactOptional(),
  /** Of a report or a thesis. */
  institution: text.exactOptional(),
  volume: z.number().int().min(1).exactOptional(),
  number: z.number().int().min(1).exactOptional(),
  /** `837-845`. */
  pages: z
    .string()
    .regex(/^\d+(-\d+)?$/)
    .exactOptional(),
  /** Its identifier: `2011.14654`. */
  arxiv: z
    .string()
    .regex(
      /^(\d{4}\.\d{4,5}|[a-z-]{2,20}(\.[A-Z]{2})?\/\d{7})$/,
      'is no identifier of arXiv, such as 2011.14654',
    )
    .exactOptional(),
  doi: z
    .string()
    .max(200)
    .regex(/^10\.\d{4,9}\/[\w.;()/:-]+$/, 'is no DOI, such as 10.2307/2531595')
    .exactOptional(),
  url: z
    .string()
    .max(500)
    .regex(/^https:\/\/[\w.~:/?=&+-]+$/, 'is no https address without escapes')
    .exactOptional(),
});
export type Work = Readonly<z.infer<typeof workSchema>>;

/** Link to a work; an https address whose characters mean nothing in HTML or Markdown but themselves. */
export function linkOf({ doi, arxiv, url }: Work): string | undefined {
  if (doi !== undefined) return `https://doi.org/${doi}`;
  return arxiv === undefined ? url : `https://arxiv.org/abs/${arxiv}`;
}

/** The use that a run made of a cited work. */
const useSchema = z.object({
  kind: z.enum(['protocol', 'method', 'model', 'data-set', 'statistics']),
  /** As the grid has it, or what of the statistics it is. */
  name: visibleName(200),
  /** Place within the work, such as a section or an equation. */
  at: visibleName(200).exactOptional(),
  /** The licence of a data set or a model. */
  licence: visibleName(200).exactOptional(),
});

/** A work that a run stands on. */
const referenceSchema = workSchema.extend({
  /** Made of the work alone, so that a work has one key in every run: `huang2020feature`. */
  key: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9-]*$/),
  uses: z.array(useSchema).min(1).max(2000).readonly(),
});
export type Reference = Readonly<z.infer<typeof referenceSchema>>;
export type ReferenceUse = Reference['uses'][number];

/** Works that a run stands on, each once. */
export const referencesSchema = z
  .array(referenceSchema)
  .max(2000)
  .refine((works) => new Set(works.map(({ key }) => key)).size === works.length, 'two works share a key')
  .readonly();
