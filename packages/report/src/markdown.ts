import { type Results, visible } from '@oodgrid/protocol';
import { marksOf } from './best-marks.js';
import { cellGroups } from './cell-groups.js';
import { chosenText } from './hyperparameters.js';
import { METRIC_COLUMNS, METRICS_NOTE, percent } from './metric-columns.js';
import { firstOf, WARNINGS_PAGE, warningGroups } from './result-warnings.js';

const MAX_OF_A_KIND = 50;

/** Text that is no markup of GitHub's: not of its tables, HTML or formulas either. */
const escaped = (text: string) => visible(text).replaceAll(/([\\|*_`<>[\]~$#]|&(?=[#\w]+;))/g, '\\$1');

/** GitHub-flavoured tables, one per pair and model: best in bold, ~ where DeLong's test sees no difference. */
export function resultsMarkdown(results: Results): string {
  const sections = cellGroups(results).map((group) => {
    const marks = marksOf(group, results.comparisons);
    const head = [
      'Method',
      ...METRIC_COLUMNS.map(({ title, isLowerBetter }) => `${title} ${isLowerBetter ? '↓' : '↑'}`),
      'Chosen',
    ];
    const rows = group.cells.map((cell) => [
      escaped(cell.title),
      ...METRIC_COLUMNS.map(({ key }) => {
        const { value, low, high } = cell.metrics[key];
        const like = key === 'auroc' && marks.isLikeBest(cell) ? '~' : '';
        const text = marks.isBest(cell, key) ? `**${percent(value)}**` : percent(value);
        return key === 'auroc' ? `${like}${text} (${percent(low)}–${percent(high)})` : text;
      }),
      escaped(chosenText(cell)),
    ]);
    const rule = head.map((_, column) => (column === 0 || column === head.length - 1 ? ':--' : '--:'));
    const lines = [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`);
    return [`### ${escaped(`${group.id} vs ${group.ood}, ${group.model}`)}`, '', ...lines].join('\n');
  });
  const note = `${METRICS_NOTE} **Bold**: best. ~: AUROC not significantly different from the best (DeLong's paired test, p ≥ 0.05).`;
  return `${[...sections, note, ...accuracySection(results), ...warningSection(results), `Digest \`${results.digest}\``].join('\n\n')}\n`;
}

function accuracySection({ accuracies }: Results): string[] {
  if (accuracies.length === 0) return [];
  const rows = accuracies.map(({ model, id, accuracy: { value, low, high }, cardAccuracy }) => {
    const card = cardAccuracy === null ? '' : percent(cardAccuracy);
    return `| ${escaped(model)} | ${escaped(id)} | ${percent(value)} (${percent(low)}–${percent(high)}) | ${card} |`;
  });
  const head = ['| Model | ID set | Accuracy | Card |', '| :-- | :-- | --: | --: |'];
  return ['### Accuracy on the ID test sets', [...head, ...rows].join('\n')];
}

function warningSection({ warnings }: Results): string[] {
  if (warnings.length === 0) return [];
  const items = warningGroups(warnings).flatMap(({ code, severity, warnings: own }) => {
    const kind = severity === 'serious' ? '**Warning**' : 'Notice';
    const messages = firstOf(
      own.map(({ message }) => message),
      MAX_OF_A_KIND,
    );
    return messages.map((message) => `- ${kind} \`${code}\`: ${escaped(message)}`);
  });
  return ['### Warnings', items.join('\n'), `What to do about each: ${WARNINGS_PAGE}`];
}
