import { visible } from '@oodgrid/contract';
import { padLeft, padRight, textWidth, wrapText } from './text-width.js';

export interface TableColumn {
  readonly title: string;
  /** To the right, and never broken over lines. */
  readonly isNumber?: boolean;
}

export interface TableEntry {
  readonly text: string;
  readonly isBold?: boolean;
}

export interface TextTableOptions {
  /** Columns of the terminal; left out, no table is too wide. */
  readonly width?: number | undefined;
}

const GAP = '  ';
const BOLD = ['\u001b[1m', '\u001b[22m'] as const;
/** Share of a width that is too small that the first column, which tells the rows apart, may take. */
const KEY_SHARE = 0.4;
/** Texts are not wrapped to less than this. */
const LEAST_TEXT = 20;

/**
 * A table for a terminal, aligned whatever the script of its entries. What an entry hides is written out. Where it
 * is too wide, long texts are wrapped, and columns that do not fit follow below, with the first one repeated.
 */
export function textTable(
  columns: readonly (string | TableColumn)[],
  rows: readonly (readonly (string | TableEntry)[])[],
  { width = Infinity }: TextTableOptions = {},
): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  const entries = rows.map((row) => row.map((entry) => entryOf(entry)));
  const natural = heads.map(({ title, isNumber = false }, column) => ({
    column,
    isNumber,
    width: widest(title, entries, column),
  }));
  return blocksOf(natural, width)
    .map((block) => blockText(block, heads, entries))
    .join('\n\n');
}

const entryOf = (entry: string | TableEntry): Required<TableEntry> =>
  typeof entry === 'string'
    ? { text: visible(entry), isBold: false }
    : { text: visible(entry.text), isBold: entry.isBold ?? false };

function widest(title: string, rows: readonly (readonly TableEntry[])[], column: number): number {
  let found = textWidth(title);
  for (const row of rows) found = Math.max(found, textWidth(row[column]?.text ?? ''));
  return found;
}

/** A column with the width that it has in its block. */
interface SizedColumn {
  readonly column: number;
  readonly isNumber: boolean;
  readonly width: number;
}

const totalWidth = (columns: readonly SizedColumn[]): number =>
  columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);

/** Columns that stand beside each other: all, where they fit. */
function blocksOf(natural: readonly SizedColumn[], width: number): (readonly SizedColumn[])[] {
  const [first, ...others] = natural;
  if (first === undefined || totalWidth(natural) <= width) return [natural];
  const key = { ...first, width: Math.min(first.width, Math.max(8, Math.floor(KEY_SHARE * width))) };
  const blocks: SizedColumn[][] = [[key]];
  for (const column of others) {
    const block = blocks.at(-1) ?? [];
    const room = width - totalWidth(block) - GAP.length;
    const least = column.isNumber ? column.width : Math.min(column.width, LEAST_TEXT);
    if (block.length === 1 || least <= room) block.push(fitted(column, room));
    else blocks.push([key, fitted(column, width - key.width - GAP.length)]);
  }
  return blocks;
}

/** Numbers are never broken; of texts, the rest is wrapped. */
const fitted = (column: SizedColumn, room: number): SizedColumn =>
  column.isNumber ? column : { ...column, width: Math.max(8, Math.min(column.width, room)) };

function blockText(
  block: readonly SizedColumn[],
  heads: readonly TableColumn[],
  rows: readonly (readonly Required<TableEntry>[])[],
): string {
  const line = (text: (column: SizedColumn) => string) => block.map(text).join(GAP).trimEnd();
  const body = rows.flatMap((row) => {
    const wrapped = new Map(
      block.map((one) => [one, wrapText(row[one.column]?.text ?? '', one.width, WITHIN_COLUMN)]),
    );
    let height = 1;
    for (const lines of wrapped.values()) height = Math.max(height, lines.length);
    return Array.from({ length: height }, (_, i) =>
      line((one) => {
        const text = padded(wrapped.get(one)?.[i] ?? '', one);
        return row[one.column]?.isBold === true && text.trim() !== '' ? `${BOLD[0]}${text}${BOLD[1]}` : text;
      }),
    );
  });
  return [
    line((one) => padded(heads[one.column]?.title ?? '', one)),
    line(({ width }) => '-'.repeat(width)),
    ...body,
  ].join('\n');
}

const WITHIN_COLUMN = { isHard: true, indent: '  ' } as const;

const padded = (text: string, { isNumber, width }: SizedColumn): string =>
  isNumber ? padLeft(text, width) : padRight(text, width);
