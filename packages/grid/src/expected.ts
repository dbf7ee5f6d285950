import { quote } from '@oodgrid/contract';
import { isPlainMap } from './finding.js';
import { alternatives, type SchemaNode } from './schema-at.js';

/** `"lenet" or "resnet34-cifar"`, `a whole number from 1 to 1024`, `a list of ...` */
export function expectedText(schemas: readonly SchemaNode[]): string {
  return either(
    schemas.flatMap((schema) => (schema.description === undefined ? alternatives(schema) : schema)).map(one),
  );
}

function one(schema: SchemaNode): string {
  if (schema.description !== undefined) return schema.description;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return either(schema.enum.map((value) => JSON.stringify(value)));
  switch (schema.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'array': {
      const atLeast = (schema.minItems ?? 0) > 1 ? ` of at least ${schema.minItems}` : '';
      const items = schema.items === undefined ? '' : `, each entry ${expectedText([schema.items])}`;
      return `a list${atLeast}${items}`;
    }
    case 'object': {
      const required = new Set(schema.required);
      const keys = Object.keys(schema.properties ?? {});
      return `{${keys.map((key) => (required.has(key) ? key : `${key}?`)).join(', ')}}`;
    }
    default:
      return 'text';
  }
}

function range({ minimum, maximum, exclusiveMinimum, multipleOf }: SchemaNode): string {
  const step = multipleOf === undefined ? '' : ` that ${multipleOf} divides`;
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined)
    return `${step} above ${exclusiveMinimum}${high === undefined ? '' : `, up to ${high}`}`;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER)
    return `${step}${high === undefined ? '' : `, up to ${high}`}`;
  return `${step}${high === undefined ? `, at least ${minimum}` : ` from ${minimum} to ${high}`}`;
}

function either(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const last = distinct.at(-1) ?? 'nothing';
  return distinct.length < 2 ? last : `${distinct.slice(0, -1).join(', ')} or ${last}`;
}

/** A value as a message shows it. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (!isPlainMap(value)) return String(value);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty map';
  return `{${keys
    .slice(0, 4)
    .map((key) => quote(key).slice(1, -1))
    .join(', ')}${keys.length > 4 ? ', ...' : ''}}`;
}
