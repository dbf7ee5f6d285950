import { metricOf, RANKED_BY, visible } from '@oodgrid/contract';
import { groupTitle } from '../cell-groups.js';
import { countText } from '../count-text.js';
import { pText } from '../paired-tests.js';
import { percent } from '../percent.js';
import { type TableColumn, textTable } from '../text-table.js';
import { wrapText } from '../text-width.js';
import { type ComparedRow, type ComparedTable, LEVEL } from './compared-tables.js';

const SENTENCE_WIDTH = 100;
/** Tables that are printed of a large run; --json has all. */
const MAX_TABLES = 20;

const COLUMNS: readonly TableColumn[] = [
  { title: 'method' },
  { title: 'AUROC (95 %)', isNumber: true },
  { title: 'to the best', isNumber: true },
  { title: 'p', isNumber: true },
  { title: 'p (Holm)', isNumber: true },
  { title: 'samples', isNumber: true },
];

/** Every table with its best row and those that the data do not tell from it. */
export function comparedText(tables: readonly ComparedTable[], width?: number): string {
  const sentences = (text: string) => wrapText(text, width ?? SENTENCE_WIDTH).join('\n');
  const left = tables.length - MAX_TABLES;
  return [
    ...tables.slice(0, MAX_TABLES).map((table) => tableText(table, sentences, width)),
    ...(left > 0 ? [sentences(`... and ${countText(left)} more tables: --json has all`)] : []),
    sentences(
      `~: not told from the best. AUROC differences in percentage points; p: DeLong's paired test, two-sided; p (Holm): adjusted for all pairs of rows of its table, so that the chance of one false difference in a table is at most ${LEVEL}. Tables are not adjusted for each other.`,
    ),
  ].join('\n\n');
}

function tableText(
  { group, best, family, rows }: ComparedTable,
  sentences: (text: string) => string,
  width: number | undefined,
): string {
  const like = rows.filter(({ cell, isLikeBest }) => cell !== best && isLikeBest);
  const names = like.map(({ cell }) => visible(cell.title)).join(', ');
  const verdict =
    rows.length === 1
      ? 'One row: there is nothing to compare it with.'
      : like.length === 0
        ? `${visible(best.title)} is better than every other row (${countText(family)} pairs).`
        : `Best: ${visible(best.title)}. Not told from it (${countText(like.length)} of ${countText(rows.length - 1)}; ${countText(family)} pairs): ${names}.`;
  return [
    sentences(visible(groupTitle(group))),
    textTable(
      COLUMNS,
      rows.map((row) => entriesOf(row, row.cell === best)),
      { width },
    ),
    sentences(verdict),
  ].join('\n');
}

function entriesOf({ cell, test, adjustedLog10P, isLikeBest }: ComparedRow, isBest: boolean): string[] {
  const { estimate, interval } = metricOf(cell, RANKED_BY);
  const auroc = `${percent(estimate)} (${percent(interval.low)}-${percent(interval.high)})`;
  if (isBest) return [cell.title, `${auroc}*`, '', '', '', ''];
  if (test === undefined || adjustedLog10P === undefined)
    return [cell.title, `~${auroc} `, 'no shared samples', '', '', ''];
  return [
    cell.title,
    `${isLikeBest ? '~' : ''}${auroc} `,
    signed(test.difference),
    pText(test),
    log10Text(adjustedLog10P),
    `${countText(test.samplesId)} + ${countText(test.samplesOod)}`,
  ];
}

const signed = (difference: number): string => `${difference > 0 ? '+' : ''}${percent(difference)}`;

/** A p by its logarithm. */
export const log10Text = (log10P: number): string =>
  pText({ p: 10 ** log10P, log10P: Number.isFinite(log10P) ? log10P : null });
