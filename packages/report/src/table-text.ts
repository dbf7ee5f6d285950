import { type Cell, type Results, visible } from '@oodgrid/protocol';
import { type Marks, marksOf } from './best-marks.js';
import { type CellGroup, cellGroups } from './cell-groups.js';
import { chosenText } from './hyperparameters.js';
import { METRIC_COLUMNS, METRICS_NOTE, percent } from './metric-columns.js';
import { warningsText } from './warnings-text.js';

export interface TableOptions {
  /** Marks the best in bold instead of with a star. */
  readonly color?: boolean;
  /** Columns of the terminal, for what stands below the table. */
  readonly width?: number;
}

const BOLD = ['\u001b[1m', '\u001b[22m'] as const;

/** The table for a terminal: a block per pair and model. */
export function resultsTable(results: Results, { color = false, width = 100 }: TableOptions = {}): string {
  const blocks = cellGroups(results).map((group) => groupText(group, results, color));
  const legend = `${METRICS_NOTE} ${color ? 'Bold' : '*'}: best. ~: AUROC not significantly different from the best (DeLong, p >= 0.05).`;
  return [...blocks, legend, ...warningsText(results, width)].join('\n\n');
}

function groupText(group: CellGroup, { comparisons }: Results, color: boolean): string {
  const marks = marksOf(group, comparisons);
  const head = ['method', 'AUROC (95 %)', ...METRIC_COLUMNS.slice(1).map(({ title }) => title), 'chosen'];
  const rows = group.cells.map((cell) => rowOf(cell, marks));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  const titles = head
    .map((title, column) => pad(title, widths[column] ?? 0, column))
    .join('  ')
    .trimEnd();
  const lines = rows.map((row) =>
    row
      .map(({ text, isBest }, column) => emphasised(pad(text, widths[column] ?? 0, column), isBest, color))
      .join('  ')
      .trimEnd(),
  );
  return [
    visible(`${group.id} vs ${group.ood}, ${group.model}`),
    titles,
    '-'.repeat(titles.length),
    ...lines,
  ].join('\n');
}

interface Entry {
  readonly text: string;
  readonly isBest: boolean;
}

function rowOf(cell: Cell, marks: Marks): Entry[] {
  const { low, high, value } = cell.metrics.auroc;
  const entries = METRIC_COLUMNS.slice(1).map(({ key }): Entry => {
    const isBest = marks.isBest(cell, key);
    return { text: star(percent(cell.metrics[key].value), isBest), isBest };
  });
  const isBest = marks.isBest(cell, 'auroc');
  const like = marks.isLikeBest(cell) ? '~' : '';
  const auroc = star(`${like}${percent(value)} (${percent(low)}-${percent(high)})`, isBest);
  return [
    { text: visible(cell.title), isBest: false },
    { text: auroc, isBest },
    ...entries,
    { text: visible(chosenText(cell)), isBest: false },
  ];
}

const star = (text: string, isBest: boolean) => (isBest ? `${text}*` : `${text} `);

/** Names to the left, numbers to the right. */
function pad(text: string, width: number, column: number): string {
  return column === 0 || column === METRIC_COLUMNS.length + 1 ? text.padEnd(width) : text.padStart(width);
}

/** The star stays in colour too: it survives copying. */
function emphasised(text: string, isBest: boolean, color: boolean): string {
  return isBest && color ? `${BOLD[0]}${text}${BOLD[1]}` : text;
}
