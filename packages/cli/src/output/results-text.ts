import type { Results } from '@oodgrid/contract';
import { resultsTable, wrapText } from '@oodgrid/report';
import { duration } from '../progress/duration.js';

/** The table as the terminal can show it, and what it took. */
export function resultsText(results: Results, stdout: NodeJS.WriteStream = process.stdout): string {
  const isColoured = stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  const { seconds, work, workers } = results.run;
  const passes = (count: number) => count.toLocaleString('en-US');
  return [
    resultsTable(results, { color: isColoured, width: stdout.columns }),
    ...wrapText(
      `${duration(seconds)} on ${workers} workers, ${passes(work.forwards)} forward and ${passes(work.gradients)} gradient passes; digest ${results.digest}`,
      stdout.columns ?? Infinity,
    ),
  ].join('\n');
}
