import {
  type Accuracy,
  linkOf,
  type MetricSpec,
  metricOf,
  RANKED_BY,
  type Results,
  visible,
} from '@oodgrid/contract';
import { marksOf } from '../best-marks.js';
import { BIBLIOGRAPHY } from '../bibtex.js';
import { cellGroups, groupTitle } from '../cell-groups.js';
import { chosenText } from '../hyperparameters.js';
import { meansNote, meansTables } from '../means.js';
import { metricsNote } from '../metrics-note.js';
import { comparisonIndex } from '../paired-tests.js';
import { percent } from '../percent.js';
import { referenceText, usesText } from '../reference-text.js';
import { calibrationNote, firstMessages, WARNINGS_PAGE, warningGroups } from '../result-warnings.js';
import type { Report, ReportFormat } from './format.js';

/** GitHub-flavoured tables, one per pair and model: best in bold, ~ where DeLong's test sees no difference. */
export const markdown: ReportFormat = {
  name: 'markdown',
  files: [{ name: 'table.md', holds: 'the table in Markdown', write: pieces }],
};

const MAX_OF_A_KIND = 50;

/** Text that is no markup of GitHub's: not of its tables, HTML or formulas either. */
const escaped = (text: string) => visible(text).replaceAll(/([\\|*_`<>[\]~$#]|&(?=[#\w]+;))/g, '\\$1');

const rowText = (entries: readonly string[]): string => `| ${entries.join(' | ')} |\n`;

function headText(metrics: readonly MetricSpec[]): string {
  const titles = metrics.map(({ title, isLowerBetter }) => `${escaped(title)} ${isLowerBetter ? '↓' : '↑'}`);
  const rule = [':--', ...metrics.map(() => '--:'), ':--'];
  return `${rowText(['Method', ...titles, 'Chosen'])}${rowText(rule)}`;
}

function* pieces({ results }: Report): Generator<string> {
  const { metrics } = results;
  const comparisonsOf = comparisonIndex(results.comparisons);
  for (const group of cellGroups(results)) {
    const marks = marksOf(group, metrics, comparisonsOf(group));
    yield `### ${escaped(groupTitle(group))}\n\n${headText(metrics)}`;
    for (const cell of group.cells) {
      const values = metrics.map(({ key }) => {
        const { estimate, interval } = metricOf(cell, key);
        const text = marks.isBest(cell, key) ? `**${percent(estimate)}**` : percent(estimate);
        if (key !== RANKED_BY) return text;
        return `${marks.isLikeBest(cell) ? '~' : ''}${text} (${percent(interval.low)}–${percent(interval.high)})`;
      });
      yield rowText([escaped(cell.title), ...values, escaped(chosenText(cell))]);
    }
    yield '\n';
  }
  yield* meansSection(results);
  yield `${escaped(metricsNote(results))} **Bold**: best. ~: AUROC not significantly different from the best (DeLong's paired test, p ≥ 0.05).\n\n`;
  yield* accuracySection(results);
  yield* warningSection(results);
  yield* referenceSection(results);
  yield `Digest \`${results.digest}\`\n`;
}

function* meansSection(results: Results): Generator<string> {
  const tables = meansTables(results);
  for (const { title, head, rows } of tables) {
    const titles = head.map(
      ({ name, metric }) => `${escaped(`${name} ${metric.title}`)} ${metric.isLowerBetter ? '↓' : '↑'}`,
    );
    yield `### ${escaped(title)}\n\n${rowText(['Method', ...titles])}${rowText([':--', ...head.map(() => '--:')])}`;
    for (const row of rows) {
      const values = row.entries.map(({ text, isBest }) => (isBest ? `**${text}**` : text));
      yield rowText([escaped(row.title), ...values]);
    }
    yield '\n';
  }
  if (tables.length > 0) yield `${escaped(meansNote(results))}\n\n`;
}

function* accuracySection({ accuracies }: Results): Generator<string> {
  if (accuracies.length === 0) return;
  const hasCalibration = accuracies.some(({ calibration }) => calibration !== undefined);
  const more = hasCalibration ? ['ECE'] : [];
  yield '### Accuracy on the ID test sets\n\n';
  yield rowText(['Model', 'ID set', 'Accuracy', 'Card', ...more]);
  yield rowText([':--', ':--', '--:', '--:', ...more.map(() => '--:')]);
  const text = ({ value, low, high }: Accuracy['accuracy']) =>
    `${percent(value)} (${percent(low)}–${percent(high)})`;
  for (const { model, id, accuracy, cardAccuracy, calibration } of accuracies) {
    const card = cardAccuracy === null ? '' : percent(cardAccuracy);
    yield rowText([
      escaped(model),
      escaped(id),
      text(accuracy),
      card,
      ...more.map(() => (calibration === undefined ? '' : text(calibration))),
    ]);
  }
  yield '\n';
  if (hasCalibration) yield `${escaped(calibrationNote(accuracies).trim())}\n\n`;
}

function* warningSection({ warnings }: Results): Generator<string> {
  if (warnings.length === 0) return;
  yield '### Warnings\n\n';
  for (const group of warningGroups(warnings)) {
    const kind = group.severity === 'serious' ? '**Warning**' : 'Notice';
    for (const message of firstMessages(group, MAX_OF_A_KIND)) {
      yield `- ${kind} \`${group.code}\`: ${escaped(message)}\n`;
    }
  }
  yield `\nWhat to do about each: ${WARNINGS_PAGE}\n\n`;
}

function* referenceSection({ references }: Results): Generator<string> {
  if (references.length === 0) return;
  yield '### References\n\n';
  for (const [i, reference] of references.entries()) {
    const link = linkOf(reference);
    // Between angle brackets an address is text to the end.
    const where = link === undefined ? '' : ` <${link}>`;
    yield `${i + 1}. ${escaped(referenceText(reference))}${where} (${escaped(usesText(reference))})\n`;
  }
  yield `\nAll of them for BibTeX: \`${BIBLIOGRAPHY.name}\`\n\n`;
}
