import { type Cell, type MetricSpec, metricOf, RANKED_BY } from '@oodgrid/contract';
import type { Marks } from '../best-marks.js';
import { chosenText } from '../hyperparameters.js';
import { percent } from '../percent.js';
import { escapeHtml } from './escape.js';

const headOf = ({ title, isLowerBetter }: MetricSpec): string =>
  `<th scope="col">${escapeHtml(title)} <span aria-label="${isLowerBetter ? 'lower' : 'higher'} is better">${isLowerBetter ? '↓' : '↑'}</span></th>`;

/** The table of one pair and model, every value with its interval. */
export function* tableHtml(
  cells: readonly Cell[],
  metrics: readonly MetricSpec[],
  marks: Marks,
): Generator<string> {
  yield `<div class="wide"><table><thead><tr><th scope="col">Method</th>${metrics.map(headOf).join('')}<th scope="col">Chosen</th></tr></thead><tbody>`;
  for (const cell of cells) {
    const values = metrics.map(({ key }) => {
      const { estimate, interval } = metricOf(cell, key);
      const like =
        key === RANKED_BY && marks.isLikeBest(cell)
          ? '<span title="not significantly different from the best">~</span>'
          : '';
      const best = marks.isBest(cell, key) ? ' class="best"' : '';
      return `<td${best}>${like}${percent(estimate)}<span class="interval">${percent(interval.low)}–${percent(interval.high)}</span></td>`;
    });
    yield `<tr><th scope="row">${escapeHtml(cell.title)}</th>${values.join('')}<td>${escapeHtml(chosenText(cell))}</td></tr>`;
  }
  yield '</tbody></table></div>\n';
}
