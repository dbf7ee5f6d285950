import { z } from 'zod';
import { gridMethodSchema, METHOD_NAMES } from './methods.js';
import { gridSchema } from './schema.js';

/** Methods that need no option: a grid may name them by a bare string. */
const BARE_METHODS = METHOD_NAMES.filter((name) => gridMethodSchema.safeParse({ name }).success);

/** JSON Schema of a grid file, for editors. */
export function gridJsonSchema(): Record<string, unknown> {
  const input = { io: 'input' } as const;
  const { $schema, properties, ...rest } = z.toJSONSchema(gridSchema, input);
  const { $schema: _method, ...method } = z.toJSONSchema(gridMethodSchema, input);
  const methods = {
    type: 'array',
    minItems: 1,
    items: { description: "a method's name or {name, ...options}", anyOf: [{ enum: BARE_METHODS }, method] },
  };
  return { $schema, title: 'OOD Grid: grid.yaml', ...rest, properties: { ...properties, methods } };
}
