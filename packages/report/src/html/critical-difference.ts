import type { Results } from '@oodgrid/contract';
import { scaleLinear } from 'd3-scale';
import { type MeanRanks, meanRanks } from '../compare/mean-ranks.js';
import { pText } from '../paired-tests.js';
import { escapeHtml } from './escape.js';

const WIDTH = 900;
/** On either side, for the names. */
const NAMES = 230;
const MAX_NAME = 34;
const AXIS = 52;
const BAR_STEP = 8;
const ROW_STEP = 15;
/** Names that can be read in one picture; of more, the table below it has the rest. */
const MAX_DRAWN = 80;

/** Mean ranks over all tables with Nemenyi's critical difference; nothing for a run of one table or of two methods. */
export function* criticalDifferenceHtml(results: Results): Generator<string> {
  const found = meanRanks(results);
  if (found === undefined) return;
  const { tables, methods, friedman, difference } = found;
  yield `<section><h2>Mean ranks over ${tables} tables</h2>`;
  if (methods.length <= MAX_DRAWN)
    yield `<div class="wide"><figure class="ranks">${diagram(found)}</figure></div>`;
  const p = pText({ p: friedman.p, log10P: null });
  yield `<p class="muted">Rank 1 is the highest AUROC of a table (pair and model). Bars join methods that Nemenyi's test does not tell apart: mean ranks closer than the critical difference of ${difference.toFixed(2)} (p ≥ 0.05). Friedman's test of whether there is any difference: χ² ${friedman.chiSquare.toFixed(1)}, p ${escapeHtml(p)}. Tables of one ID set share its test samples, which both tests take for independent.</p>`;
  yield '<details><summary>Mean ranks as a table</summary><div class="wide"><table class="tests"><thead><tr><th scope="col">Method</th><th scope="col">Mean rank</th></tr></thead><tbody>';
  for (const { title, meanRank } of methods)
    yield `<tr><th scope="row">${escapeHtml(title)}</th><td>${meanRank.toFixed(2)}</td></tr>`;
  yield '</tbody></table></div></details></section>\n';
}

function diagram({ methods, difference, cliques, tables }: MeanRanks): string {
  const k = methods.length;
  const x = scaleLinear([1, k], [NAMES, WIDTH - NAMES]);
  const at = (rank: number) => x(rank).toFixed(1);
  const half = Math.ceil(k / 2);
  const firstRow = AXIS + 14 + BAR_STEP * cliques.length + ROW_STEP;
  const height = firstRow + ROW_STEP * half;
  const end = Math.min(k, 1 + difference);
  const label = `Mean ranks of ${k} methods over ${tables} tables; critical difference ${difference.toFixed(2)}. Best: ${methods[0]?.title ?? ''}`;
  const ticks = x.ticks(Math.min(k, 12)).filter(Number.isInteger);
  const rows = methods.map(({ title, meanRank }, i) => {
    const isLeft = i < half;
    const y = firstRow + ROW_STEP * (isLeft ? i : k - 1 - i);
    const edge = isLeft ? NAMES - 12 : WIDTH - NAMES + 12;
    const name = title.length > MAX_NAME ? `${title.slice(0, MAX_NAME - 1)}…` : title;
    const anchor = isLeft ? 'end' : 'start';
    return `<path class="leader" d="M${at(meanRank)} ${AXIS}V${y}H${edge}"/><text x="${edge + (isLeft ? -5 : 5)}" y="${y + 4}" text-anchor="${anchor}"><title>${escapeHtml(title)}</title>${escapeHtml(name)} ${meanRank.toFixed(1)}</text>`;
  });
  const bars = cliques.map(({ from, to }, i) => {
    const y = AXIS + 12 + BAR_STEP * i;
    const [low, high] = [methods[from]?.meanRank ?? 1, methods[to]?.meanRank ?? 1];
    return `<line class="clique" x1="${(x(low) - 3).toFixed(1)}" x2="${(x(high) + 3).toFixed(1)}" y1="${y}" y2="${y}"/>`;
  });
  const axis = ticks.map(
    (rank) =>
      `<line class="axis" x1="${at(rank)}" x2="${at(rank)}" y1="${AXIS - 5}" y2="${AXIS}"/><text x="${at(rank)}" y="${AXIS - 9}" text-anchor="middle">${rank}</text>`,
  );
  return [
    `<svg role="img" aria-label="${escapeHtml(label)}" viewBox="0 0 ${WIDTH} ${height}">`,
    `<line class="clique" x1="${at(1)}" x2="${at(end)}" y1="22" y2="22"/><text x="${at(1)}" y="15">critical difference ${difference.toFixed(2)}${end < 1 + difference ? ', more than there are ranks' : ''}</text>`,
    `<line class="axis" x1="${at(1)}" x2="${at(k)}" y1="${AXIS}" y2="${AXIS}"/>`,
    ...axis,
    ...bars,
    ...rows,
    '</svg>',
  ].join('');
}
