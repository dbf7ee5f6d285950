import { type Cell, METRIC_SPECS, type Results, visible } from '@oodgrid/protocol';
import { type Marks, marksOf } from './best-marks.js';
import { cellGroups, groupTitle } from './cell-groups.js';
import { countText } from './count-text.js';
import { chosenText } from './hyperparameters.js';
import { comparisonIndex } from './paired-tests.js';
import { METRICS_NOTE, percent } from './percent.js';
import { type ShownGroup, shownGroups } from './shown-rows.js';
import { type TableColumn, type TableEntry, textTable } from './text-table.js';
import { wrapText } from './text-width.js';
import { warningsText } from './warnings-text.js';

export interface TableOptions {
  /** Marks the best in bold as well as with a star. */
  readonly color?: boolean;
  /** Columns of the terminal; where there is none, no table is too wide and sentences have lines of 100. */
  readonly width?: number | undefined;
}

/** A screenful or a few: more is read in the files. */
const LIMITS = { groups: 20, rows: 200, rowsOfGroup: 50 } as const;
const SENTENCE_WIDTH = 100;

const [RANKED_BY, ...OTHER_METRICS] = METRIC_SPECS;

const COLUMNS: readonly TableColumn[] = [
  { title: 'method' },
  { title: `${RANKED_BY.title} (95 %)`, isNumber: true },
  ...OTHER_METRICS.map(({ title }) => ({ title, isNumber: true })),
  { title: 'chosen' },
];

/** The table for a terminal: a block per pair and model, the first ones of many; says what it leaves out. */
export function resultsTable(results: Results, { color = false, width }: TableOptions = {}): string {
  const comparisonsOf = comparisonIndex(results.comparisons);
  const { shown, groupsLeft, rowsLeft } = shownGroups(cellGroups(results), LIMITS);
  const blocks = shown.map((one) =>
    blockText(one, marksOf(one.group, comparisonsOf(one.group)), color, width),
  );
  const rest = `... and ${countText(groupsLeft)} more pairs and models with ${countText(rowsLeft)} rows in results.json`;
  const legend = `${METRICS_NOTE} ${color ? 'Bold' : '*'}: best. ~: AUROC not significantly different from the best (DeLong, p >= 0.05).`;
  const sentences = (text: string) => wrapText(text, width ?? SENTENCE_WIDTH).join('\n');
  return [
    ...blocks,
    ...(groupsLeft === 0 ? [] : [sentences(rest)]),
    sentences(legend),
    ...warningsText(results, width ?? SENTENCE_WIDTH),
  ].join('\n\n');
}

function blockText(
  { group, cells }: ShownGroup,
  marks: Marks,
  color: boolean,
  width: number | undefined,
): string {
  const rows = cells.map((cell) =>
    entriesOf(cell, marks).map(({ text, isBold = false }) => ({ text, isBold: isBold && color })),
  );
  const left = group.cells.length - cells.length;
  const rest = `... and ${countText(left)} rows with a lower AUROC in results.json`;
  return [
    ...wrapText(visible(groupTitle(group)), width ?? Infinity),
    textTable(COLUMNS, rows, { width }),
    ...(left === 0 ? [] : wrapText(rest, width ?? Infinity)),
  ].join('\n');
}

function entriesOf(cell: Cell, marks: Marks): TableEntry[] {
  const { low, high, value } = cell.metrics[RANKED_BY.key];
  const like = marks.isLikeBest(cell) ? '~' : '';
  const ranked = `${like}${percent(value)} (${percent(low)}-${percent(high)})`;
  return [
    { text: cell.title },
    starred(ranked, marks.isBest(cell, RANKED_BY.key)),
    ...OTHER_METRICS.map(({ key }) => starred(percent(cell.metrics[key].value), marks.isBest(cell, key))),
    { text: chosenText(cell) },
  ];
}

/** The star stays in colour too: it survives copying. */
const starred = (text: string, isBest: boolean): TableEntry => ({
  text: isBest ? `${text}*` : `${text} `,
  isBold: isBest,
});
