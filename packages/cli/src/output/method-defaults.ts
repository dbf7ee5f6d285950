import { gridJsonSchema } from '@oodgrid/protocol';
import { z } from 'zod';

const variantSchema = z.looseObject({
  properties: z.record(
    z.string(),
    z.looseObject({ const: z.unknown().optional(), default: z.unknown().optional() }),
  ),
});

/** The part of the grid's own schema that lists the methods with their options. */
const methodsSchema = z.looseObject({
  properties: z.looseObject({
    methods: z.looseObject({
      items: z.looseObject({
        anyOf: z.array(z.looseObject({ oneOf: z.array(variantSchema).optional() })),
      }),
    }),
  }),
});

/** Values that a method's options have where the grid leaves them out, as the grid's schema says; by option. */
export function methodDefaults(name: string): Readonly<Record<string, unknown>> {
  const { anyOf } = methodsSchema.parse(gridJsonSchema()).properties.methods.items;
  const variant = anyOf
    .flatMap(({ oneOf = [] }) => oneOf)
    .find(({ properties }) => properties.name?.const === name);
  const entries = Object.entries(variant?.properties ?? {});
  return Object.fromEntries(
    entries.flatMap(([option, { default: value }]) => (value === undefined ? [] : [[option, value]])),
  );
}

/** `0.2, 0.1, 0`: as it would stand in a grid. */
export const defaultText = (value: unknown): string =>
  Array.isArray(value)
    ? value.map(defaultText).join(', ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
