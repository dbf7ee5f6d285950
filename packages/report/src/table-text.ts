import { type Cell, type MetricSpec, metricOf, RANKED_BY, type Results, visible } from '@oodgrid/contract';
import { type Marks, marksOf } from './best-marks.js';
import { cellGroups, groupTitle } from './cell-groups.js';
import { countText } from './count-text.js';
import { chosenText } from './hyperparameters.js';
import { type MeansTable, meansNote, meansTables } from './means.js';
import { metricsNote } from './metrics-note.js';
import { comparisonIndex } from './paired-tests.js';
import { percent } from './percent.js';
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

const columnsOf = (metrics: readonly MetricSpec[]): readonly TableColumn[] => [
  { title: 'method' },
  ...metrics.map(({ key, title }) => ({
    title: key === RANKED_BY ? `${title} (95 %)` : title,
    isNumber: true,
  })),
  { title: 'chosen' },
];

/** The table for a terminal: a block per pair and model, the first ones of many; says what it leaves out. */
export function resultsTable(results: Results, { color = false, width }: TableOptions = {}): string {
  const { metrics } = results;
  const comparisonsOf = comparisonIndex(results.comparisons);
  const { shown, groupsLeft, rowsLeft } = shownGroups(cellGroups(results), LIMITS);
  const blocks = shown.map((one) =>
    blockText(one, metrics, marksOf(one.group, metrics, comparisonsOf(one.group)), { color, width }),
  );
  const rest = `... and ${countText(groupsLeft)} more pairs and models with ${countText(rowsLeft)} rows in results.json`;
  const legend = `${metricsNote(results)} ${color ? 'Bold' : '*'}: best. ~: AUROC not significantly different from the best (DeLong, p >= 0.05).`;
  const sentences = (text: string) => wrapText(text, width ?? SENTENCE_WIDTH).join('\n');
  const means = meansTables(results, LIMITS.rowsOfGroup).slice(0, LIMITS.groups);
  return [
    ...blocks,
    ...(groupsLeft === 0 ? [] : [sentences(rest)]),
    ...means.map((one) => meansText(one, { color, width })),
    ...(means.length === 0 ? [] : [sentences(meansNote(results))]),
    sentences(legend),
    ...warningsText(results, width ?? SENTENCE_WIDTH),
  ].join('\n\n');
}

function blockText(
  { group, cells }: ShownGroup,
  metrics: readonly MetricSpec[],
  marks: Marks,
  { color, width }: TableOptions,
): string {
  const rows = cells.map((cell) =>
    entriesOf(cell, metrics, marks).map(({ text, isBold = false }) => ({
      text,
      isBold: isBold && color === true,
    })),
  );
  const left = group.cells.length - cells.length;
  const rest = `... and ${countText(left)} rows with a lower AUROC in results.json`;
  return [
    ...wrapText(visible(groupTitle(group)), width ?? Infinity),
    textTable(columnsOf(metrics), rows, { width }),
    ...(left === 0 ? [] : wrapText(rest, width ?? Infinity)),
  ].join('\n');
}

function entriesOf(cell: Cell, metrics: readonly MetricSpec[], marks: Marks): TableEntry[] {
  const values = metrics.map(({ key }) => {
    const { estimate, interval } = metricOf(cell, key);
    const like = marks.isLikeBest(cell) ? '~' : '';
    const text =
      key === RANKED_BY
        ? `${like}${percent(estimate)} (${percent(interval.low)}-${percent(interval.high)})`
        : percent(estimate);
    return starred(text, marks.isBest(cell, key));
  });
  return [{ text: cell.title }, ...values, { text: chosenText(cell) }];
}

function meansText({ title, head, rows, left }: MeansTable, { color, width }: TableOptions): string {
  const columns = [
    { title: 'method' },
    ...head.map(({ name, metric }) => ({ title: `${name} ${metric.title}`, isNumber: true })),
  ];
  const entries = rows.map((row) => [
    row.title,
    ...row.entries.map(({ text, isBest }) => ({
      ...starred(text, isBest),
      isBold: isBest && color === true,
    })),
  ]);
  const rest = `... and ${countText(left)} rows with a lower AUROC in results.json`;
  return [
    ...wrapText(visible(title), width ?? Infinity),
    textTable(columns, entries, { width }),
    ...(left === 0 ? [] : wrapText(rest, width ?? Infinity)),
  ].join('\n');
}

/** The star stays in colour too: it survives copying. */
const starred = (text: string, isBest: boolean): TableEntry => ({
  text: isBest ? `${text}*` : `${text} `,
  isBold: isBest,
});
