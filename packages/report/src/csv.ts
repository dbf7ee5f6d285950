import type { Results } from '@oodgrid/protocol';
import { METRIC_COLUMNS } from './metric-columns.js';

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line per cell (RFC 4180); every metric as value, low and high end of its 95 % interval, in [0, 1]. */
export function resultsCsv({ cells }: Results): string {
  const metricHead = METRIC_COLUMNS.flatMap(({ key }) => [
    snake(key),
    `${snake(key)}_low`,
    `${snake(key)}_high`,
  ]);
  const head = ['method', 'id', 'ood', 'model', 'protocol', ...metricHead, 'chosen', 'seconds'];
  const rows = cells.map((cell) => [
    cell.method,
    cell.id,
    cell.ood,
    cell.model,
    cell.protocol,
    ...METRIC_COLUMNS.flatMap(({ key }) => {
      const { value, low, high } = cell.metrics[key];
      return [value, low, high].map(String);
    }),
    cell.hyperparameters.chosen === null ? '' : JSON.stringify(cell.hyperparameters.chosen),
    cell.seconds.toFixed(3),
  ]);
  return [head, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}
