import type { Results } from '@oodgrid/contract';
import { cellGroups } from '../cell-groups.js';
import { criticalDifferenceHtml } from '../html/critical-difference.js';
import { escapeHtml } from '../html/escape.js';
import { factsHtml } from '../html/facts-html.js';
import { groupHtml } from '../html/group-html.js';
import { meansHtml } from '../html/means-html.js';
import { leftOutHtml, overviewHtml } from '../html/overview-html.js';
import { PlotBudget } from '../html/plot-budget.js';
import { referencesHtml } from '../html/references-html.js';
import { STYLES } from '../html/styles.js';
import { accuraciesHtml, warningsHtml } from '../html/warnings-html.js';
import { metricsNote } from '../metrics-note.js';
import { comparisonIndex } from '../paired-tests.js';
import { shownGroups } from '../shown-rows.js';
import type { Report, ReportFormat } from './format.js';

/** One self-contained page: no script, nothing fetched. */
export const html: ReportFormat = {
  name: 'html',
  files: [
    {
      name: 'report.html',
      holds:
        'one self-contained page: tables, paired tests, mean ranks with their critical difference, correlations of scores, ROC and precision-recall curves, score histograms; of a large run a part, which it says',
      isPage: true,
      write: pieces,
    },
  ],
};

/** A page of so much is some MB and opens at once, whatever the size of the run. */
const LIMITS = { groups: 200, rows: 2000, rowsOfGroup: 200 } as const;
const MAX_PLOTTED_ROWS = 240;

function* pieces({ results, scoresOf }: Report): Generator<string> {
  const groups = cellGroups(results);
  const shown = shownGroups(groups, LIMITS);
  const comparisonsOf = comparisonIndex(results.comparisons);
  const plots = new PlotBudget(MAX_PLOTTED_ROWS, scoresOf);
  yield headHtml(results);
  yield warningsHtml(results);
  yield factsHtml(results);
  yield* meansHtml(results);
  yield* criticalDifferenceHtml(results);
  yield leftOutHtml(groups, shown);
  if (shown.groupsLeft > 0) yield* overviewHtml(groups);
  for (const one of shown.shown) yield* groupHtml(one, results.metrics, comparisonsOf(one.group), plots);
  yield accuraciesHtml(results);
  yield* referencesHtml(results);
  yield '\n</main>\n</body>\n</html>\n';
}

function headHtml(results: Results): string {
  const { run, protocol } = results;
  const title = `${escapeHtml(run.name)}: OOD detection results`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
<main>
<h1>${escapeHtml(run.name)}</h1>
<p class="muted">Out-of-distribution detection, protocol ${escapeHtml(protocol.name)}. ${escapeHtml(metricsNote(results))}</p>
`;
}
