import type { Results } from '@oodgrid/protocol';
import { marksOf } from './best-marks.js';
import { cellGroups } from './cell-groups.js';
import { METRIC_COLUMNS, METRICS_NOTE, percent } from './metric-columns.js';

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const escaped = (text: string) => text.replaceAll(/[\\~^&%$#_{}]/g, (char) => SPECIAL[char] ?? `\\${char}`);

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
      '\\end{table}',
    ].join('\n');
  });
  return `% needs \\usepackage{booktabs}\n${tables.join('\n\n')}\n`;
}
