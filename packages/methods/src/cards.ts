import { z } from 'zod';
import type { Citation, Fit, Method, ModelFacts } from './method.js';

/** `Liang, Li & Srikant 2018, arXiv:1706.02690`; without a number where the paper is not at arXiv. */
export function reference({ authors, year, arxiv }: Citation): string {
  const names = authors.split(' and ').map((author) => author.split(' ').at(-1) ?? author);
  const last = names.at(-1) ?? '';
  const listed =
    names.length > 3
      ? `${names[0]} et al.`
      : [names.slice(0, -1).join(', '), last].filter(Boolean).join(' & ');
  return `${listed} ${year}${arxiv === undefined ? '' : `, arXiv:${arxiv}`}`;
}

export interface MethodOption {
  readonly name: string;
  readonly text: string;
  readonly isRequired: boolean;
  /** Absent where there is none. */
  readonly default?: unknown;
}

const optionsSchema = z.looseObject({
  properties: z.record(
    z.string(),
    z.looseObject({ title: z.string().optional(), default: z.unknown().optional() }),
  ),
  required: z.array(z.string()).default([]),
});

/** Options of a method, as its own schema has them. */
export function optionsOf({ config }: Method): readonly MethodOption[] {
  const { properties, required } = optionsSchema.parse(z.toJSONSchema(config, { io: 'input' }));
  return Object.entries(properties).map(([name, { title = '', ...rest }]) => ({
    name,
    text: title,
    isRequired: required.includes(name),
    ...(rest.default === undefined ? {} : { default: rest.default }),
  }));
}

/** Describes the needs of a method beside a forward pass. */
export function needsOf({ arithmetic }: Method): readonly string[] {
  const { head, dropout } = arithmetic.needs(ANY_MODEL);
  const { fit, perturb } = arithmetic;
  return [
    ...(fit === undefined ? [] : [fitText(fit)]),
    ...(head === true ? ["the last layer's weights"] : []),
    ...(dropout === true ? ['a model with dropout'] : []),
    ...(perturb === undefined ? [] : ['input gradients']),
  ];
}

const fitText = ({ on, needsLabels }: Fit): string => {
  if (on !== 'train') return `a fit on ${on.images}`;
  return needsLabels !== undefined ? 'a fit on the labelled ID train set' : 'a fit on the ID train set';
};

/** A model that offers everything. */
const ANY_MODEL: ModelFacts = {
  name: 'any',
  architecture: 'any',
  classes: 10,
  input: [28, 28, 1],
  taps: ['layer', 'penultimate', 'logits'],
  layers: ['layer'],
  penultimate: 'penultimate',
  features: 64,
  logits: 'logits',
  offers: { head: true, gradient: true, dropout: true },
  dropoutTap: 'layer',
  memory: { weightBytes: 0, activationBytesPerImage: 0 },
};
