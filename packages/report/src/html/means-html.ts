import type { Results } from '@oodgrid/contract';
import { countText } from '../count-text.js';
import { meansNote, meansTables } from '../means.js';
import { escapeHtml } from './escape.js';

const MAX_TABLES = 200;
const MAX_ROWS = 200;

/** Means over groups of OOD sets and training seeds, a section for each ID set and model; nothing where a grid has neither. */
export function* meansHtml(results: Results): Generator<string> {
  const { metrics } = results;
  for (const { title, head, rows, left } of meansTables(results, MAX_ROWS).slice(0, MAX_TABLES)) {
    const groups = head.flatMap(({ name }, i) => (i % metrics.length === 0 ? [name] : []));
    const spans = groups.map(
      (name) => `<th scope="colgroup" colspan="${metrics.length}">${escapeHtml(name)}</th>`,
    );
    const titles = head.map(
      ({ metric }) =>
        `<th scope="col">${escapeHtml(metric.title)} <span aria-label="${metric.isLowerBetter ? 'lower' : 'higher'} is better">${metric.isLowerBetter ? '↓' : '↑'}</span></th>`,
    );
    yield `<section><h2>${escapeHtml(title)}</h2><div class="wide"><table><thead><tr><td></td>${spans.join('')}</tr><tr><th scope="col">Method</th>${titles.join('')}</tr></thead><tbody>`;
    for (const row of rows) {
      const values = row.entries.map(
        ({ text, isBest }) => `<td${isBest ? ' class="best"' : ''}>${text}</td>`,
      );
      yield `<tr><th scope="row">${escapeHtml(row.title)}</th>${values.join('')}</tr>`;
    }
    yield '</tbody></table></div>';
    if (left > 0)
      yield `<p class="muted">... and ${countText(left)} rows with a lower AUROC in <code>means.csv</code>.</p>`;
    yield `<p class="muted">In percent. ${escapeHtml(meansNote(results))}</p></section>\n`;
  }
}
