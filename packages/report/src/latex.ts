import { type Results, visible } from '@oodgrid/protocol';
import { marksOf } from './best-marks.js';
import { type CellGroup, cellGroups } from './cell-groups.js';
import { METRIC_COLUMNS, METRICS_NOTE, percent } from './metric-columns.js';
import { accuracyText, concerns, firstOf, warningGroups } from './result-warnings.js';

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

/** `table` environments for booktabs, one per pair and model: best in bold, a dagger where DeLong's test sees no difference. */
export function resultsLatex(results: Results): string {
  const tables = cellGroups(results).map((group) => {
    const marks = marksOf(group, results.comparisons);
    const head = [
      'Method',
      ...METRIC_COLUMNS.map(
        ({ title, isLowerBetter }) => `${title} $\\${isLowerBetter ? 'downarrow' : 'uparrow'}$`,
      ),
    ];
    const rows = group.cells.map((cell) => [
      escaped(cell.title),
      ...METRIC_COLUMNS.map(({ key }) => {
        const text = percent(cell.metrics[key].value);
        const like = key === 'auroc' && marks.isLikeBest(cell) ? '$^{\\dagger}$' : '';
        return `${marks.isBest(cell, key) ? `\\textbf{${text}}` : text}${like}`;
      }),
    ]);
    const caption = `${escaped(`${group.id} vs ${group.ood}, ${group.model}.`)} ${escaped(METRICS_NOTE)} $^{\\dagger}$: AUROC not significantly different from the best (DeLong's paired test, $p \\ge 0.05$).`;
    return [
      '\\begin{table}[t]',
      '\\centering',
      `\\caption{${caption}}`,
      `\\begin{tabular}{l${'r'.repeat(METRIC_COLUMNS.length)}}`,
      '\\toprule',
      `${head.join(' & ')} \\\\`,
      '\\midrule',
      ...rows.map((row) => `${row.join(' & ')} \\\\`),
      '\\bottomrule',
      '\\end{tabular}',
      ...notes(group, results),
      '\\end{table}',
    ].join('\n');
  });
  return `% needs \\usepackage{booktabs}\n${tables.join('\n\n')}\n`;
}

const MAX_OF_A_KIND = 5;

/** Below the table: the model's accuracy on the ID set, and the warnings that concern the table. */
function notes({ id, ood, model }: CellGroup, { accuracies, warnings }: Results): string[] {
  const measured = accuracies.find((one) => one.id === id && one.model === model);
  const texts = [
    ...(measured === undefined
      ? []
      : [`Accuracy of ${escaped(model)} on ${escaped(id)}: ${escaped(accuracyText(measured, '--'))}.`]),
    ...warningGroups(warnings.filter((one) => concerns(one, { id, ood, model }))).flatMap(
      ({ code, severity, warnings: own }) => {
        const kind = severity === 'serious' ? '\\textbf{Warning}' : 'Notice';
        const messages = firstOf(
          own.map(({ message }) => message),
          MAX_OF_A_KIND,
        );
        return messages.map((message) => `${kind} (${escaped(code)}): ${escaped(message)}.`);
      },
    ),
  ];
  if (texts.length === 0) return [];
  return ['', '\\smallskip', `\\parbox{\\linewidth}{\\footnotesize ${texts.join('\\\\ ')}}`];
}
