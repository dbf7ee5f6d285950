import { type MetricSpec, metricOf } from '@oodgrid/contract';
import { prCurve } from '@oodgrid/stats';
import { aurocOf, type CellGroup } from '../cell-groups.js';
import { countText } from '../count-text.js';
import { percent } from '../percent.js';
import { curvePlot } from './curve-plot.js';
import { escapeHtml } from './escape.js';
import { histogramPlot } from './histogram-plot.js';
import type { PlottedRow } from './plot-budget.js';
import { seriesStyle } from './styles.js';

const SMALL = { width: 360, height: 260 } as const;

/** All rows' ROC curves in one picture; empty where no row is drawn. */
export function overlayHtml({ id, ood }: CellGroup, rows: readonly PlottedRow[]): string {
  if (rows.length === 0) return '';
  const drawn = rows.map(({ cell, roc }, i) => ({ cell, style: seriesStyle(i), points: roc }));
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
      `<li><span class="key ${style}"></span>${escapeHtml(cell.title)} <span class="muted">${percent(aurocOf(cell))}</span></li>`,
  );
  return `<div class="overlay"><figure>${plot}</figure><div><p class="muted">ROC curves; AUROC in percent</p><ul class="legend">${legend.join('')}</ul></div></div>\n`;
}

/** The area under the curve that is drawn: of precision and recall of ID. */
const PR_AREA = 'auprIn';

/** A row's own plots; a curve's area stands below it where the run measured it. */
export function cellHtml({ cell, scores, roc }: PlottedRow, metrics: readonly MetricSpec[]): string {
  const { title, counts } = cell;
  const area = metrics.find(({ key }) => key === PR_AREA);
  const areaText =
    area === undefined ? '' : `, ${escapeHtml(area.title)} ${percent(metricOf(cell, PR_AREA).estimate)}`;
  const pr = { points: prCurve(scores.id, scores.ood), style: 'one' };
  const figures = [
    [
      curvePlot([{ points: roc, style: 'one' }], {
        ...SMALL,
        label: `ROC curve of ${title}`,
        xTitle: 'FPR',
        yTitle: 'TPR',
        hasDiagonal: true,
      }),
      `ROC, AUROC ${percent(aurocOf(cell))}`,
    ],
    [
      curvePlot([pr], {
        ...SMALL,
        label: `Precision-recall curve of ${title}`,
        xTitle: 'recall of ID',
        yTitle: 'precision',
        hasDiagonal: false,
      }),
      `Precision-recall${areaText}`,
    ],
    [
      histogramPlot(scores.id, scores.ood, { ...SMALL, label: `Histogram of the scores of ${title}` }),
      '<span class="swatch id"></span>ID<span class="swatch ood"></span>OOD',
    ],
  ];
  const samples = `${countText(counts.test.id)} ID and ${countText(counts.test.ood)} OOD test samples`;
  return `<article class="cell"><header><h3>${escapeHtml(title)}</h3><span class="muted">${samples}, ${cell.seconds.toFixed(1)} s of compute, <code>${escapeHtml(cell.scores.file)}</code></span></header>
<div class="plots">${figures.map(([plot, caption]) => `<figure>${plot}<figcaption>${caption}</figcaption></figure>`).join('')}</div></article>\n`;
}
