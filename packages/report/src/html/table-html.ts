import { type Cell, METRIC_SPECS } from '@oodgrid/protocol';
import type { Marks } from '../best-marks.js';
import { chosenText } from '../hyperparameters.js';
import { percent } from '../percent.js';
import { escapeHtml } from './escape.js';

const HEAD = METRIC_SPECS.map(
  ({ title, isLowerBetter }) =>
    `<th scope="col">${title} <span aria-label="${isLowerBetter ? 'lower' : 'higher'} is better">${isLowerBetter ? '↓' : '↑'}</span></th>`,
).join('');

/** The table of one pair and model, every value with its interval. */
export function* tableHtml(cells: readonly Cell[], marks: Marks): Generator<string> {
  yield `<div class="wide"><table><thead><tr><th scope="col">Method</th>${HEAD}<th scope="col">Chosen</th></tr></thead><tbody>`;
  for (const cell of cells) {
    const values = METRIC_SPECS.map(({ key }) => {
      const { value, low, high } = cell.metrics[key];
      const like =
        key === 'auroc' && marks.isLikeBest(cell)
          ? '<span title="not significantly different from the best">~</span>'
          : '';
      const best = marks.isBest(cell, key) ? ' class="best"' : '';
      return `<td${best}>${like}${percent(value)}<span class="interval">${percent(low)}–${percent(high)}</span></td>`;
    });
    yield `<tr><th scope="row">${escapeHtml(cell.title)}</th>${values.join('')}<td>${escapeHtml(chosenText(cell))}</td></tr>`;
  }
  yield '</tbody></table></div>\n';
}
