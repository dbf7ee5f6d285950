import type { Comparison, MetricSpec } from '@oodgrid/contract';
import { marksOf } from '../best-marks.js';
import { groupTitle } from '../cell-groups.js';
import { countText } from '../count-text.js';
import type { ShownGroup } from '../shown-rows.js';
import { cellHtml, overlayHtml } from './cell-html.js';
import { correlationsHtml } from './correlations-html.js';
import { escapeHtml } from './escape.js';
import type { PlotBudget } from './plot-budget.js';
import { tableHtml } from './table-html.js';
import { testsHtml } from './tests-html.js';

/** All of one pair and model: table, paired tests, plots; what is left out is said. */
export function* groupHtml(
  { group, cells }: ShownGroup,
  metrics: readonly MetricSpec[],
  comparisons: readonly Comparison[],
  plots: PlotBudget,
): Generator<string> {
  yield `<section>\n<h2>${escapeHtml(groupTitle(group))}</h2>\n`;
  yield* tableHtml(cells, metrics, marksOf(group, metrics, comparisons));
  const left = group.cells.length - cells.length;
  if (left > 0)
    yield `<p class="muted">The ${countText(cells.length)} rows with the highest AUROC; ${countText(left)} more are in <code>results.json</code>.</p>\n`;
  yield '<p class="muted">Bold: best. ~: AUROC not significantly different from the best row\'s (DeLong\'s paired test on the shared test samples, p ≥ 0.05).</p>\n';
  yield* testsHtml({ group, cells }, comparisons);
  const rows = plots.take(cells);
  yield correlationsHtml(rows);
  yield overlayHtml(group, rows);
  for (const row of rows) yield cellHtml(row, metrics);
  const plain = group.cells.length - rows.length;
  if (plain > 0)
    yield `<p class="muted">${countText(plain)} of ${countText(group.cells.length)} rows have no curves and histograms here; their scores are in <code>scores/</code>.</p>\n`;
  yield '</section>\n';
}
