import { metricOf, RANKED_BY } from '@oodgrid/contract';
import { bestRow, type CellGroup, groupTitle } from '../cell-groups.js';
import { countText } from '../count-text.js';
import { percent } from '../percent.js';
import type { ShownGroups } from '../shown-rows.js';
import { escapeHtml } from './escape.js';

const MAX_GROUPS = 1000;

/** Says at the top how much of the run the page leaves out, and where that is; empty where it has all of it. */
export function leftOutHtml(groups: readonly CellGroup[], { shown }: ShownGroups): string {
  const all = rowsOf(groups.map(({ cells }) => cells));
  const own = rowsOf(shown.map(({ cells }) => cells));
  if (own === all) return '';
  return `<p class="left-out" role="note">This page shows ${countText(own)} of ${countText(all)} rows, in ${countText(shown.length)} of ${countText(groups.length)} tables. <code>results.json</code> has all of them, and <code>scores/</code> every row's scores.</p>\n`;
}

const rowsOf = (lists: readonly { readonly length: number }[]): number =>
  lists.reduce((sum, { length }) => sum + length, 0);

/** The best row of each pair and model, of the first ones where they are very many. */
export function* overviewHtml(groups: readonly CellGroup[]): Generator<string> {
  yield '<section><h2>Best of each pair and model</h2><div class="wide overview-box" role="region" aria-label="Best of each pair and model" tabindex="0"><table class="overview"><thead><tr><th scope="col">Pair and model</th><th scope="col">Rows</th><th scope="col">AUROC</th><th scope="col">Best method</th></tr></thead><tbody>';
  for (const group of groups.slice(0, MAX_GROUPS)) {
    const best = bestRow(group.cells);
    if (best === undefined) continue;
    const { estimate, interval } = metricOf(best, RANKED_BY);
    yield `<tr><th scope="row">${escapeHtml(groupTitle(group))}</th><td>${countText(group.cells.length)}</td><td>${percent(estimate)}<span class="interval">${percent(interval.low)}–${percent(interval.high)}</span></td><td>${escapeHtml(best.title)}</td></tr>`;
  }
  yield '</tbody></table></div>';
  const left = groups.length - MAX_GROUPS;
  if (left > 0)
    yield `<p class="muted">... and ${countText(left)} more pairs and models in <code>results.json</code>.</p>`;
  yield '</section>\n';
}
