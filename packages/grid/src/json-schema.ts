import { METHODS, type Method } from '@oodgrid/methods';
import { z } from 'zod';
import { givenScoresShape, gridMethodSchema, gridSchema } from './schema.js';

/** An entry whose scores were computed elsewhere, whatever its name. */
const anyGiven = z.strictObject({ name: z.string(), ...givenScoresShape });

/** JSON Schema of a grid file: of one whose rows of scores have the `given` names; for editors, where these are left out. */
export function gridJsonSchema(
  methods: readonly Method[] = METHODS,
  given?: readonly string[],
): Record<string, unknown> {
  const input = { io: 'input' } as const;
  const { $schema, properties, ...rest } = z.toJSONSchema(gridSchema(methods, given), input);
  const schema = gridMethodSchema(methods, given ?? []);
  const { $schema: _method, ...method } = z.toJSONSchema(schema, input);
  const { $schema: _given, ...scores } = z.toJSONSchema(anyGiven, input);
  // Methods that need no option: a grid may name them by a bare string.
  const bare = methods.map(({ name }) => name).filter((name) => schema.safeParse({ name }).success);
  const items = {
    description: "a method's name or {name, ...options}",
    anyOf: [{ enum: bare }, method, ...(given === undefined ? [scores] : [])],
  };
  return {
    $schema,
    title: 'OOD Grid: grid.yaml',
    ...rest,
    properties: { ...properties, methods: { type: 'array', minItems: 1, items } },
  };
}
