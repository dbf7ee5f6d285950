import { visible } from '@oodgrid/protocol';

/** Columns padded to their widest entry; the last one is left as it is. What an entry hides is written out. */
export function textTable(head: readonly string[], entries: readonly (readonly string[])[]): string {
  const rows = entries.map((row) => row.map(visible));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
