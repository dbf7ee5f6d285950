import type { Cell, Results } from '@oodgrid/protocol';
import { prCurve, rocCurve } from '@oodgrid/stats';
import { type CellGroup, cellGroups, cellKey } from '../cell-groups.js';
import { METRICS_NOTE, percent } from '../metric-columns.js';
import { curvePlot } from './curve-plot.js';
import { escapeHtml } from './escape.js';
import { histogramPlot } from './histogram-plot.js';
import { STYLES, seriesStyle } from './styles.js';
import { tableHtml } from './table-html.js';
import { accuraciesHtml, warningsHtml } from './warnings-html.js';

/** Final test scores of a cell. */
export interface CellScores {
  readonly id: Float64Array;
  readonly ood: Float64Array;
}

const SMALL = { width: 360, height: 260 } as const;

/** One self-contained page: no script, nothing fetched. `scores` by `cellKey`; cells without scores get no plots. */
export function resultsHtml(results: Results, scores: ReadonlyMap<string, CellScores>): string {
  const groups = cellGroups(results).map((group) => groupHtml(group, results, scores));
  const title = `${escapeHtml(results.run.name)}: OOD detection results`;
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
<h1>${escapeHtml(results.run.name)}</h1>
<p class="muted">Out-of-distribution detection, protocol ${escapeHtml(String(results.cells[0]?.protocol ?? ''))}. ${escapeHtml(METRICS_NOTE)}</p>
${warningsHtml(results)}
${factsHtml(results)}
${groups.join('\n')}
${accuraciesHtml(results)}
</main>
</body>
</html>
`;
}

function factsHtml({ run, environment, digest }: Results): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const facts: readonly (readonly [string, string])[] = [
    ['Run', run.id],
    ['Started', run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Took', `${run.seconds.toFixed(1)} s on ${run.workers} ${run.workers === 1 ? 'worker' : 'workers'}`],
    ['Passes', `${count(run.work.forwards)} forward, ${count(run.work.gradients)} gradient`],
    ['From cache', `${run.cachedUnits} results`],
    ['Engine', `${environment.engine} ${environment.engineVersion}, ${environment.device}`],
    ['Machine', `${environment.cpu}, ${environment.platform}, Node ${environment.node}`],
    ['Numerics', environment.numericsClass],
    ['Digest', digest],
  ];
  return `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;
}

function groupHtml(group: CellGroup, results: Results, scores: ReadonlyMap<string, CellScores>): string {
  const cells = group.cells.map((cell) => cellHtml(cell, scores.get(cellKey(cell))));
  return `<section>
<h2>${escapeHtml(`${group.id} vs ${group.ood}, ${group.model}`)}</h2>
${tableHtml(group, results.comparisons)}
<p class="muted">Bold: best. ~: AUROC not significantly different from the best row's (DeLong's paired test on the shared test samples, p ≥ 0.05).</p>
${overlayHtml(group, scores)}
${cells.join('\n')}
</section>`;
}

/** All methods' ROC curves in one picture. */
function overlayHtml({ cells, id, ood }: CellGroup, scores: ReadonlyMap<string, CellScores>): string {
  const drawn = cells.flatMap((cell, i) => {
    const found = scores.get(cellKey(cell));
    return found === undefined
      ? []
      : [{ cell, style: seriesStyle(i), points: rocCurve(found.id, found.ood) }];
  });
  if (drawn.length === 0) return '';
  const label = `ROC curves of ${drawn.map(({ cell }) => cell.title).join(', ')} on ${id} vs ${ood}`;
  const plot = curvePlot(drawn, {
    label,
    width: 560,
    height: 400,
    xTitle: 'FPR (OOD taken for ID)',
    yTitle: 'TPR (ID kept)',
    hasDiagonal: true,
  });
  const legend = drawn.map(
    ({ cell, style }) =>
      `<li><span class="key ${style}"></span>${escapeHtml(cell.title)} <span class="muted">${percent(cell.metrics.auroc.value)}</span></li>`,
  );
  return `<div class="overlay"><figure>${plot}</figure><div><p class="muted">ROC curves; AUROC in percent</p><ul class="legend">${legend.join('')}</ul></div></div>`;
}

function cellHtml(cell: Cell, scores: CellScores | undefined): string {
  if (scores === undefined) return '';
  const { title, counts, metrics } = cell;
  const roc = { points: rocCurve(scores.id, scores.ood), style: 'one' };
  const pr = { points: prCurve(scores.id, scores.ood), style: 'one' };
  const figures = [
    [
      curvePlot([roc], {
        ...SMALL,
        label: `ROC curve of ${title}`,
        xTitle: 'FPR',
        yTitle: 'TPR',
        hasDiagonal: true,
      }),
      `ROC, AUROC ${percent(metrics.auroc.value)}`,
    ],
    [
      curvePlot([pr], {
        ...SMALL,
        label: `Precision-recall curve of ${title}`,
        xTitle: 'recall of ID',
        yTitle: 'precision',
        hasDiagonal: false,
      }),
      `Precision-recall, AUPR-IN ${percent(metrics.auprIn.value)}`,
    ],
    [
      histogramPlot(scores.id, scores.ood, { ...SMALL, label: `Histogram of the scores of ${title}` }),
      '<span class="swatch id"></span>ID<span class="swatch ood"></span>OOD',
    ],
  ];
  const samples = `${counts.testId.toLocaleString('en-US')} ID and ${counts.testOod.toLocaleString('en-US')} OOD test samples`;
  return `<article class="cell"><header><h3>${escapeHtml(title)}</h3><span class="muted">${samples}, ${cell.seconds.toFixed(1)} s of compute, <code>${escapeHtml(cell.scores.file)}</code></span></header>
<div class="plots">${figures.map(([plot, caption]) => `<figure>${plot}<figcaption>${caption}</figcaption></figure>`).join('')}</div></article>`;
}
