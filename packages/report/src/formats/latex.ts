import {
  type Cell,
  type MetricSpec,
  metricOf,
  RANKED_BY,
  type Results,
  type ResultWarning,
  visible,
} from '@oodgrid/contract';
import { type Marks, marksOf } from '../best-marks.js';
import { cellGroups, groupTitle } from '../cell-groups.js';
import { meansNote, meansTables } from '../means.js';
import { metricsNote } from '../metrics-note.js';
import { comparisonIndex } from '../paired-tests.js';
import { percent } from '../percent.js';
import {
  accuracyIndex,
  accuracyText,
  firstMessages,
  warningGroups,
  warningIndex,
} from '../result-warnings.js';
import type { Report, ReportFormat } from './format.js';

/** `table` environments for booktabs, one per pair and model: best in bold, a dagger where DeLong's test sees no difference. */
export const latex: ReportFormat = {
  name: 'latex',
  files: [{ name: 'table.tex', holds: 'the table in LaTeX, for booktabs', write: pieces }],
};

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  // After the end of a row these two would be read as its arguments.
  '[': '{[}',
  '*': '{*}',
};

const escaped = (text: string) =>
  visible(text).replaceAll(/[\\~^&%$#_{}<>|[*]/g, (char) => SPECIAL[char] ?? `\\${char}`);

const rowText = (entries: readonly string[]): string => `${entries.join(' & ')} \\\\\n`;

const headOf = (metrics: readonly MetricSpec[]): readonly string[] => [
  'Method',
  ...metrics.map(
    ({ title, isLowerBetter }) => `${escaped(title)} $\\${isLowerBetter ? 'downarrow' : 'uparrow'}$`,
  ),
];

function* pieces({ results }: Report): Generator<string> {
  const { metrics } = results;
  const note = escaped(metricsNote(results));
  const comparisonsOf = comparisonIndex(results.comparisons);
  const accuracyOf = accuracyIndex(results.accuracies);
  const warningsOf = warningIndex(results.warnings, ['id', 'ood', 'model']);
  yield '% needs \\usepackage{booktabs}\n';
  for (const [i, group] of cellGroups(results).entries()) {
    const marks = marksOf(group, metrics, comparisonsOf(group));
    const caption = `${escaped(`${groupTitle(group)}.`)} ${note} $^{\\dagger}$: AUROC not significantly different from the best (DeLong's paired test, $p \\ge 0.05$).`;
    yield `${i === 0 ? '' : '\n'}\\begin{table}[t]\n\\centering\n\\caption{${caption}}\n`;
    yield `\\begin{tabular}{l${'r'.repeat(metrics.length)}}\n\\toprule\n${rowText(headOf(metrics))}\\midrule\n`;
    for (const cell of group.cells) yield cellRow(cell, metrics, marks);
    yield '\\bottomrule\n\\end{tabular}\n';
    const measured = accuracyOf(group);
    const accuracy =
      measured === undefined
        ? []
        : [
            `Accuracy of ${escaped(group.model)} on ${escaped(group.id)}: ${escaped(accuracyText(measured, '--'))}.`,
          ];
    yield notes([...accuracy, ...warningTexts(warningsOf(group))]);
    yield '\\end{table}\n';
  }
  yield* meansPieces(results);
}

/** A table of means for each ID set and model: a column for each metric below the name of its group. */
function* meansPieces(results: Results): Generator<string> {
  const { metrics } = results;
  for (const { title, head, rows } of meansTables(results)) {
    const caption = escaped(`${title}. ${meansNote(results)} ${metricsNote(results)}`);
    const names = head.flatMap(({ name }, i) => (i % metrics.length === 0 ? [name] : []));
    const spans = names.map((name) => `\\multicolumn{${metrics.length}}{c}{${escaped(name)}}`);
    yield `\n\\begin{table}[t]\n\\centering\n\\caption{${caption}}\n`;
    yield `\\begin{tabular}{l${'r'.repeat(head.length)}}\n\\toprule\n${rowText(['', ...spans])}`;
    yield `${rowText([...headOf(metrics).slice(0, 1), ...names.flatMap(() => headOf(metrics).slice(1))])}\\midrule\n`;
    for (const row of rows) {
      const values = row.entries.map(({ text, isBest }) => {
        const value = text.replace('±', '$\\pm$').replace('~', '\\textasciitilde{}');
        return isBest ? `\\textbf{${value}}` : value;
      });
      yield rowText([escaped(row.title), ...values]);
    }
    yield '\\bottomrule\n\\end{tabular}\n\\end{table}\n';
  }
}

function cellRow(cell: Cell, metrics: readonly MetricSpec[], marks: Marks): string {
  const values = metrics.map(({ key }) => {
    const text = percent(metricOf(cell, key).estimate);
    const like = key === RANKED_BY && marks.isLikeBest(cell) ? '$^{\\dagger}$' : '';
    return `${marks.isBest(cell, key) ? `\\textbf{${text}}` : text}${like}`;
  });
  return rowText([escaped(cell.title), ...values]);
}

const MAX_OF_A_KIND = 5;

const warningTexts = (warnings: readonly ResultWarning[]): string[] =>
  warningGroups(warnings).flatMap((group) => {
    const kind = group.severity === 'serious' ? '\\textbf{Warning}' : 'Notice';
    return firstMessages(group, MAX_OF_A_KIND).map(
      (message) => `${kind} (${escaped(group.code)}): ${escaped(message)}.`,
    );
  });

/** Below the table: the model's accuracy on the ID set, and the warnings that concern the table. */
const notes = (texts: readonly string[]): string =>
  texts.length === 0 ? '' : `\n\\smallskip\n\\parbox{\\linewidth}{\\footnotesize ${texts.join('\\\\ ')}}\n`;
