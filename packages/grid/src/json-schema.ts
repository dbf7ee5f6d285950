import { METHODS, type Method } from '@oodgrid/methods';
import { z } from 'zod';
import { gridMethodSchema, gridSchema } from './schema.js';

/** JSON Schema of a grid file, for editors. */
export function gridJsonSchema(methods: readonly Method[] = METHODS): Record<string, unknown> {
  const input = { io: 'input' } as const;
  const { $schema, properties, ...rest } = z.toJSONSchema(gridSchema(methods), input);
  const schema = gridMethodSchema(methods);
  const { $schema: _method, ...method } = z.toJSONSchema(schema, input);
  // Methods that need no option: a grid may name them by a bare string.
  const bare = methods.map(({ name }) => name).filter((name) => schema.safeParse({ name }).success);
  const items = { description: "a method's name or {name, ...options}", anyOf: [{ enum: bare }, method] };
  return {
    $schema,
    title: 'OOD Grid: grid.yaml',
    ...rest,
    properties: { ...properties, methods: { type: 'array', minItems: 1, items } },
  };
}
