import { type Document, isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { suggestion } from '../did-you-mean.js';
import { OodError } from '../errors.js';
import { duplicatesIn } from './duplicates.js';
import { METHOD_NAMES, rowKey } from './methods.js';
import { type Grid, gridSchema } from './schema.js';

const MAX_GRID_BYTES = 1024 * 1024;
const MAX_REPORTED = 20;

/** Names that a grid may use, from the engine's catalogs. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Parses the text of a grid file. Throws `invalid-input` with every finding on a line of its own:
 * `grid.yaml:12:5  methods[1].name: unknown method "odinn" (did you mean "odin"?)`.
 */
export function parseGrid(
  text: string,
  file: string,
  known: KnownNames,
  overrides: readonly string[] = [],
): Grid {
  if (text.length > MAX_GRID_BYTES)
    throw new OodError('invalid-input', `${file}: larger than 1 MiB; is it a grid?`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw new OodError('invalid-input', `${file}: ${syntaxError.message}`);
  for (const override of overrides) applyOverride(document, override);
  const parsed = gridSchema.safeParse(document.toJS());
  const findings = parsed.success
    ? checkNames(parsed.data, known)
    : parsed.error.issues.flatMap((issue) => explain(issue, document));
  if (findings.length > 0) throw new OodError('invalid-input', report(findings, document, lines, file));
  if (!parsed.success) throw new OodError('internal', 'a grid was refused without a reason');
  return parsed.data;
}

function applyOverride(document: Document, override: string): void {
  const at = override.indexOf('=');
  if (at < 1)
    throw new OodError(
      'invalid-input',
      `--set ${override}: expected key=value, for example options.slice=512`,
    );
  const path = override
    .slice(0, at)
    .split('.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const value = parseDocument(override.slice(at + 1));
  try {
    document.setIn(path, value.contents);
  } catch (cause) {
    throw new OodError(
      'invalid-input',
      `--set ${override}: ${override.slice(0, at)} is not a place in the grid`,
      { cause },
    );
  }
}

function explain(issue: z.core.$ZodIssue, document: Document): Finding[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const siblings = siblingKeys(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"${siblings.length > 0 ? suggestion(key, siblings) : ''}`,
    }));
  }
  if (
    issue.code === 'invalid_union' &&
    path[0] === 'methods' &&
    (path.length === 2 || path.at(-1) === 'name')
  ) {
    const place = path.slice(0, 2);
    const given = document.getIn(place);
    if (!isMap(given)) return [{ path: place, message: unknownMethod(String(given)) }];
    const name = given.get('name');
    if (name === undefined) return [{ path: place, message: 'a method needs a name' }];
    return [{ path: [...place, 'name'], message: unknownMethod(String(name)) }];
  }
  return [{ path, message: issue.message }];
}

const unknownMethod = (name: string) => `unknown method "${name}"${suggestion(name, METHOD_NAMES)}`;

function siblingKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(gridSchema.shape);
  if (path[0] === 'options') return ['workers', 'slice', 'bootstrapReplicates'];
  if (path[0] === 'outputs') return ['dir', 'formats'];
  if (path[0] === 'methods')
    return [
      'name',
      'as',
      'magnitudes',
      'temperatures',
      'members',
      'passes',
      'model',
      'preprocessing',
      'noise',
    ];
  if (path[0] === 'pairs' && path.length === 2) return ['id', 'ood'];
  return [];
}

function checkNames(grid: Grid, known: KnownNames): Finding[] {
  const findings: Finding[] = [];
  const own = grid.models.flatMap((model) => (typeof model === 'string' ? [] : [model.name]));
  const models = [...known.models, ...own];
  const checkModel = (path: readonly PropertyKey[], name: unknown) => {
    if (typeof name === 'string' && !models.includes(name))
      findings.push({ path, message: `unknown model "${name}"${suggestion(name, models)}` });
  };
  for (const [i, model] of grid.models.entries()) checkModel(['models', i], model);
  for (const [i, pair] of grid.pairs.entries()) {
    for (const side of ['id', 'ood'] as const) {
      const dataset = pair[side];
      if (typeof dataset === 'string' && !known.datasets.includes(dataset)) {
        findings.push({
          path: ['pairs', i, side],
          message: `unknown data set "${dataset}"${suggestion(dataset, known.datasets)}`,
        });
      }
    }
    if (typeof pair.id !== 'string' && pair.id.normalisation === undefined) {
      findings.push({
        path: ['pairs', i, 'id'],
        message:
          'a data set of your own on the ID side needs normalisation: {mean: [...], std: [...]}, or none for floats that are normalised already',
      });
    }
  }
  findings.push(...duplicatesIn(grid));
  const rows = new Set<string>();
  for (const [i, method] of grid.methods.entries()) {
    if (rows.has(rowKey(method)))
      findings.push({
        path: ['methods', i],
        message: `row "${rowKey(method)}" is there already; give one of them another name by "as"`,
      });
    rows.add(rowKey(method));
    if (method.name === 'deep-ensemble')
      for (const [j, member] of method.members.entries()) checkModel(['methods', i, 'members', j], member);
    if (method.name === 'outlier-exposure') checkModel(['methods', i, 'model'], method.model);
  }
  return findings;
}

function report(findings: readonly Finding[], document: Document, lines: LineCounter, file: string): string {
  const shown = findings.slice(0, MAX_REPORTED).map(({ path, message }) => {
    const { line, col } = position(document, path, lines);
    const place = path
      .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
      .join('');
    return `${file}:${line}:${col}  ${place === '' ? '' : `${place}: `}${message}`;
  });
  if (findings.length > shown.length) shown.push(`... and ${findings.length - shown.length} more`);
  return shown.join('\n');
}

/** Where a path is in the file: its own node, or the closest one around it. */
function position(
  document: Document,
  path: readonly PropertyKey[],
  lines: LineCounter,
): { line: number; col: number } {
  for (let length = path.length; length >= 0; length--) {
    const found: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return lines.linePos(keyOffset(document, path.slice(0, length), found));
  }
  return { line: 1, col: 1 };
}

/** For an unknown key the message points at the key, not at its value. */
function keyOffset(document: Document, path: readonly PropertyKey[], node: Node): number {
  const parent: unknown = path.length === 0 ? undefined : document.getIn(path.slice(0, -1), true);
  const own = node.range?.[0] ?? 0;
  if (!isMap(parent) || typeof path.at(-1) !== 'string') return own;
  const pair = parent.items.find(({ key }) => isNode(key) && String(key) === path.at(-1));
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : own;
}
