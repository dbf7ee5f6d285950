import { rankScores, spearmanMatrix } from '@oodgrid/stats';
import { escapeHtml } from './escape.js';
import type { PlottedRow } from './plot-budget.js';

/** Spearman's correlation of every two rows' scores, of the rows that have plots; empty for fewer than two of the same samples. */
export function correlationsHtml(rows: readonly PlottedRow[]): string {
  const [first] = rows;
  const own = first === undefined ? [] : rows.filter((row) => isOfSameSamples(first, row));
  if (own.length < 2) return '';
  const matrix = spearmanMatrix(own.map(({ scores }) => rankScores(scores.id, scores.ood)));
  const head = own.map((_, i) => `<th scope="col">${i + 1}</th>`);
  const body = own.map(({ cell }, i) => {
    const values = [...(matrix[i] ?? [])].map((value) => valueHtml(value));
    return `<tr><th scope="row">${i + 1} ${escapeHtml(cell.title)}</th>${values.join('')}</tr>`;
  });
  const left = rows.length - own.length;
  const others =
    left === 0
      ? ''
      : ` ${left} ${left === 1 ? 'row is' : 'rows are'} tested on other samples, and not in it.`;
  return `<details><summary>Rank correlation of the scores</summary><div class="wide"><table class="tests correlations"><thead><tr><th scope="col">Method</th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div><p class="muted">Spearman's correlation over the ID and OOD test samples together, in hundredths: 100 for rows that rank all samples alike. Columns are numbered as rows.${others}</p></details>\n`;
}

/** Shaded by how close to 1 it is. */
function valueHtml(value: number): string {
  if (Number.isNaN(value)) return '<td title="the same score for all samples">–</td>';
  const shade = Math.round(10 * Math.max(0, value));
  return `<td class="c${shade}">${Math.round(100 * value)}</td>`;
}

function isOfSameSamples(
  { scores: { indices: a } }: PlottedRow,
  { scores: { indices: b } }: PlottedRow,
): boolean {
  if (a === undefined || b === undefined) return false;
  const isSame = (own: Int32Array, other: Int32Array) =>
    own.length === other.length && own.every((index, i) => index === other[i]);
  return isSame(a.id, b.id) && isSame(a.ood, b.ood);
}
