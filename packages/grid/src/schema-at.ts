import { isPlainMap } from './finding.js';

/** The part of JSON Schema that `gridJsonSchema` writes and this reads. */
export interface SchemaNode {
  readonly type?: string;
  /** A noun phrase; where there is one it says best what is expected. */
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly multipleOf?: number;
}

/** Schemas that a value at a path may have; of a union those that what was written around it leaves open. */
export function schemasAt(
  top: SchemaNode,
  path: readonly PropertyKey[],
  root: unknown,
): readonly SchemaNode[] {
  let schemas: readonly SchemaNode[] = [top];
  let value = root;
  for (const part of path) {
    schemas = meant(schemas.flatMap(alternatives), value).flatMap((schema) => child(schema, part) ?? []);
    value = isContainer(value) && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  }
  return schemas;
}

/** Keys that a map may have here. */
export function keysAt(
  top: SchemaNode,
  path: readonly PropertyKey[],
  root: unknown,
  value: unknown,
): readonly string[] {
  const open = meant(schemasAt(top, path, root).flatMap(alternatives), value);
  return [...new Set(open.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Words that may stand here; empty where any may. */
export const wordsOf = (schemas: readonly SchemaNode[]): readonly string[] => [
  ...new Set(
    schemas
      .flatMap(alternatives)
      .flatMap((one) => [...(one.enum ?? []), one.const])
      .filter((word) => typeof word === 'string'),
  ),
];

export const alternatives = (schema: SchemaNode): readonly SchemaNode[] => {
  const branches = schema.anyOf ?? schema.oneOf;
  return branches === undefined ? [schema] : branches.flatMap(alternatives);
};

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

const child = (schema: SchemaNode, part: PropertyKey): SchemaNode | undefined =>
  typeof part === 'number'
    ? schema.items
    : Object.entries(schema.properties ?? {}).find(([key]) => key === part)?.[1];

/** Of maps those that fit best what was written: the same `name: odin`, then the most keys in common, then the least that is missing. */
function meant(schemas: readonly SchemaNode[], value: unknown): readonly SchemaNode[] {
  if (!isPlainMap(value)) return schemas;
  const fits = schemas.map((schema) => fit(schema, value));
  const best = Math.max(...fits);
  return schemas.filter((_, i) => fits[i] === best);
}

function fit({ properties, required = [] }: SchemaNode, value: Readonly<Record<string, unknown>>): number {
  if (properties === undefined) return -1;
  const known = Object.entries(properties).filter(([key]) => Object.hasOwn(value, key));
  const isNamed = known.some(([key, schema]) => schema.const !== undefined && schema.const === value[key]);
  const isOther = known.some(([key, schema]) => schema.const !== undefined && schema.const !== value[key]);
  // Of models without `source` those are meant that need none.
  const isUnnamed = required.some(
    (key) => properties[key]?.const !== undefined && !Object.hasOwn(value, key),
  );
  return isOther ? 0 : known.length + (isNamed ? 1000 : 0) - (isUnnamed ? 0.5 : 0);
}
