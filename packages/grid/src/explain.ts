import { didYouMean, quote, suggestion } from '@oodgrid/contract';
import type { z } from 'zod';
import { expectedText, shownValue } from './expected.js';
import { type Finding, isPlainMap, valueAt } from './finding.js';
import { keysAt, type SchemaNode, schemasAt, wordsOf } from './schema-at.js';

type Issue = z.core.$ZodIssue;

/**
 * Explains an issue to the author of the grid: the place, what is expected there and what was found. `top` is the grid's
 * schema as JSON Schema.
 */
export function explain(issue: Issue, root: unknown, top: SchemaNode): Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(top, path, root, valueAt(root, path));
    return issue.keys.map((key) => ({
      path: [...path, key],
      isOfKey: true,
      message: isScoresOfMethod(path, key)
        ? 'a row of this name is computed, as that is a method; scores of your own need another name, and may have any by "as"'
        : `unknown key ${quote(key)}${suggestion(key, keys)}`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branch = closest(issue.errors);
    if (branch !== undefined)
      return branch.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, root, top));
  }
  if (issue.code === 'custom') return [{ path, message: issue.message }];
  return [explainValue(path, root, top)];
}

const isScoresOfMethod = (path: readonly PropertyKey[], key: string): boolean =>
  path[0] === 'methods' && path.length === 2 && key === 'scores';

/** The branch of a union that was meant: the one with the fewest faults, unless the value is of none of their kinds. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  const faults = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  return [...inside].sort((a, b) => faults(a) - faults(b))[0];
}

function explainValue(path: readonly PropertyKey[], root: unknown, top: SchemaNode): Finding {
  const parentPath = path.slice(0, -1);
  const parent = valueAt(root, parentPath);
  const key = String(path.at(-1));
  const value = valueAt(root, path);
  // A method written as a bare name: what is said of its parts is said of the name.
  if (path.length > 0 && typeof parent === 'string') {
    if (key === 'name')
      return { path: parentPath, message: unknownMethod(parent, schemasAt(top, path, root)) };
    const expected = expectedText(schemasAt(top, path, replaced(root, parentPath, { name: parent })));
    const message = `${quote(parent)} needs ${key}: write { name: ${parent}, ${key}: ... } with ${expected}`;
    return { path: parentPath, message };
  }
  const schemas = schemasAt(top, path, root);
  const expected = expectedText(schemas);
  if (value === undefined && isPlainMap(parent))
    return { path, message: `missing; expected ${expected}${keyHint(parent, schemas)}` };
  if (typeof value === 'string' && path[0] === 'methods' && path.length === 3 && key === 'name')
    return { path, message: unknownMethod(value, schemas) };
  // Of all that a grid may say only models come from a source.
  if (typeof value === 'string' && key === 'source' && schemas.length > 0)
    return { path, message: unknownSource(value, schemas) };
  return { path, message: `expected ${expected}, got ${shownValue(value)}${hint(path, value, schemas)}` };
}

const unknownMethod = (name: string, schemas: readonly SchemaNode[]) =>
  `unknown method ${quote(name)}${suggestion(name, wordsOf(schemas))}`;

const unknownSource = (kind: string, schemas: readonly SchemaNode[]) =>
  `unknown source of models ${quote(kind)}${suggestion(kind, wordsOf(schemas))}; a module of your own is named by --model-source`;

/** `{ odin: ... }` was written for `{ name: odin, ... }`. */
function keyHint(parent: Readonly<Record<string, unknown>>, schemas: readonly SchemaNode[]): string {
  const words = wordsOf(schemas);
  const named = Object.keys(parent).find((key) => words.includes(key));
  return named === undefined ? '' : `; write { name: ${named}, ... }`;
}

/** Suggests a correction where one can be guessed; otherwise ''. */
function hint(path: readonly PropertyKey[], value: unknown, schemas: readonly SchemaNode[]): string {
  if (typeof value === 'string') {
    const meant = didYouMean(value, wordsOf(schemas));
    if (meant !== undefined) return ` (did you mean ${quote(meant)}?)`;
    if (path.length === 1 && path[0] === 'protocol') return '; --protocol FILE takes in one of your own';
    const isNumeric = schemas.some(({ type }) => type === 'number' || type === 'integer');
    if (isNumeric && value.trim() !== '' && Number.isFinite(Number(value))) return '; leave the quotes out';
  }
  if (Array.isArray(value) && path[0] === 'pairs' && path.length === 3)
    return '; write a pair for each of them';
  const isList = schemas.length > 0 && schemas.every(({ type }) => type === 'array');
  if (isList && value !== null && !Array.isArray(value) && typeof value !== 'object')
    return `; write [${String(value).slice(0, 60)}]`;
  if (isList && isPlainMap(value)) return '; begin its entries with "- "';
  return '';
}

function replaced(root: unknown, path: readonly PropertyKey[], value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(root))
    return root.map((item, i) => (i === Number(part) ? replaced(item, rest, value) : item));
  return isPlainMap(root) ? { ...root, [part]: replaced(root[String(part)], rest, value) } : root;
}
