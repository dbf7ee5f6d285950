import { OodError, quote, suggestion, visible } from '@oodgrid/contract';
import { METHODS, type Method } from '@oodgrid/methods';
import { datasetFindings } from './dataset-findings.js';
import { decodeGridText } from './decode-text.js';
import { duplicatesIn } from './duplicates.js';
import { evaluationFindings } from './evaluation.js';
import { explain } from './explain.js';
import { type Finding, isPrefix, pathText } from './finding.js';
import { givenNames } from './given-scores.js';
import { gridJsonSchema } from './json-schema.js';
import { modelsOf } from './models-of.js';
import { applyOverride, type Override, overrideOf } from './overrides.js';
import { type Grid, gridSchema, isFolder, isSynthetic, rowKey } from './schema.js';
import { wholeBatches } from './whole-batches.js';
import { YamlTree } from './yaml-tree.js';

const MAX_REPORTED = 20;

/** Names that a grid may use, from the catalogs. */
export interface KnownNames {
  readonly models: readonly string[];
  readonly datasets: readonly string[];
  /** Methods that it may name; those of the catalog where this is left out. */
  readonly methods?: readonly Method[];
}

/**
 * Parses a grid file. Throws `invalid-input` with every finding on a line of its own:
 * `grid.yaml:12:5  methods[1].name: unknown method "odinn" (did you mean "odin"?)`.
 */
export function parseGrid(
  content: string | Uint8Array,
  file: string,
  known: KnownNames,
  settings: readonly string[] = [],
): Grid {
  const shownFile = visible(file);
  const tree = new YamlTree(decodeGridText(content, shownFile));
  if (tree.faults.length > 0) {
    const lines = tree.faults.map(
      ({ line, column, message }) => `${shownFile}:${line}:${column}  ${message}`,
    );
    throw new OodError('invalid-input', firstOf(lines));
  }
  let root = tree.value;
  const overrides: Override[] = [];
  for (const setting of settings) {
    const applied = applyOverride(root, setting);
    root = applied.root;
    overrides.push(applied.override);
  }
  if (root === null || root === undefined)
    throw new OodError(
      'invalid-input',
      `${shownFile}:1:1  the file holds no grid; it needs protocol, models, pairs and methods`,
    );
  const { methods = METHODS } = known;
  const given = givenNames(root, methods);
  const parsed = gridSchema(methods, given).safeParse(root);
  const whole = parsed.success ? wholeBatches(parsed.data, root) : undefined;
  const findings = parsed.success
    ? [...checkNames(parsed.data, known, methods), ...(whole?.findings ?? [])]
    : parsed.error.issues.flatMap((issue) => explain(issue, root, gridJsonSchema(methods, given)));
  if (findings.length > 0) throw new OodError('invalid-input', report(findings, tree, overrides, shownFile));
  if (whole === undefined) throw new OodError('internal', 'a grid was refused without a reason');
  return whole.grid;
}

/** Findings in the order of the file, those of `--set` after them. */
function report(
  findings: readonly Finding[],
  tree: YamlTree,
  overrides: readonly Override[],
  file: string,
): string {
  const placed = findings.map((finding) => {
    const text = `${finding.path.length === 0 ? '' : `${visible(pathText(finding.path))}: `}${finding.message}`;
    const override = overrideOf(finding, overrides);
    if (override !== undefined)
      return { line: Number.MAX_SAFE_INTEGER, column: 0, text: `--set ${visible(override.text)}: ${text}` };
    const { line, column } = tree.place(finding.path, finding.isOfKey ?? false);
    const after = overrides.find((one) => isPrefix(finding.path, one.path));
    const because =
      after === undefined || finding.path.length === 0 ? '' : ` (after --set ${visible(after.text)})`;
    return { line, column, text: `${file}:${line}:${column}  ${text}${because}` };
  });
  placed.sort((a, b) => a.line - b.line || a.column - b.column);
  // Two rules that one value breaks read the same.
  return firstOf([...new Set(placed.map(({ text }) => text))]);
}

function firstOf(lines: readonly string[]): string {
  const rest = lines.length - MAX_REPORTED;
  return [...lines.slice(0, MAX_REPORTED), ...(rest > 0 ? [`... and ${rest} more`] : [])].join('\n');
}

function checkNames(grid: Grid, known: KnownNames, methods: readonly Method[]): Finding[] {
  const findings: Finding[] = [];
  const own = grid.models.flatMap((model) => (typeof model === 'string' ? [] : [model.name]));
  const models = [...known.models, ...own];
  const checkModel = (path: readonly PropertyKey[], name: unknown) => {
    if (typeof name === 'string' && !models.includes(name))
      findings.push({ path, message: `unknown model ${quote(name)}${suggestion(name, models)}` });
  };
  for (const [i, model] of grid.models.entries()) checkModel(['models', i], model);
  for (const [i, pair] of grid.pairs.entries()) {
    for (const side of ['id', 'ood'] as const)
      findings.push(...datasetFindings(pair[side], ['pairs', i, side], known.datasets));
    if (isSynthetic(pair.id)) {
      findings.push({
        path: ['pairs', i, 'id'],
        message: 'synthetic images have no classes: they can be the OOD side alone',
      });
    }
    if (isFolder(pair.id) && pair.id.normalisation === undefined) {
      findings.push({
        path: ['pairs', i, 'id'],
        message:
          'a data set of your own on the ID side needs normalisation: {mean: [...], std: [...]}, or none for floats that are normalised already',
      });
    }
  }
  findings.push(...evaluationFindings(grid, known.datasets), ...duplicatesIn(grid, methods));
  const rows = new Set<string>();
  for (const [i, method] of grid.methods.entries()) {
    if (rows.has(rowKey(method)))
      findings.push({
        path: ['methods', i],
        message: `row "${rowKey(method)}" is there already; give one of them another name by "as"`,
      });
    rows.add(rowKey(method));
    for (const { path, reference } of modelsOf(method, methods))
      checkModel(['methods', i, ...path], reference);
  }
  return findings;
}
