import type { Comparison } from '@oodgrid/protocol';
import { marksOf } from '../best-marks.js';
import type { CellGroup } from '../cell-groups.js';
import { chosenText } from '../hyperparameters.js';
import { METRIC_COLUMNS, percent } from '../metric-columns.js';
import { escapeHtml } from './escape.js';

/** The table of one pair and model, every value with its interval. */
export function tableHtml(group: CellGroup, comparisons: readonly Comparison[]): string {
  const marks = marksOf(group, comparisons);
  const head = METRIC_COLUMNS.map(
    ({ title, isLowerBetter }) =>
      `<th scope="col">${title} <span aria-label="${isLowerBetter ? 'lower' : 'higher'} is better">${isLowerBetter ? '↓' : '↑'}</span></th>`,
  );
  const rows = group.cells.map((cell) => {
    const values = METRIC_COLUMNS.map(({ key }) => {
      const { value, low, high } = cell.metrics[key];
      const like =
        key === 'auroc' && marks.isLikeBest(cell)
          ? '<span title="not significantly different from the best">~</span>'
          : '';
      const best = marks.isBest(cell, key) ? ' class="best"' : '';
      return `<td${best}>${like}${percent(value)}<span class="interval">${percent(low)}–${percent(high)}</span></td>`;
    });
    return `<tr><th scope="row">${escapeHtml(cell.title)}</th>${values.join('')}<td>${escapeHtml(chosenText(cell))}</td></tr>`;
  });
  return `<div class="wide"><table><thead><tr><th scope="col">Method</th>${head.join('')}<th scope="col">Chosen</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
