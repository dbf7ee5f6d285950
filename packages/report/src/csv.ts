import { type Accuracy, type Results, visible } from '@oodgrid/protocol';
import { METRIC_COLUMNS } from './metric-columns.js';
import { accuracyIndex, warningIndex } from './result-warnings.js';

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A field (RFC 4180) that no spreadsheet takes for a formula: one that would be gets an apostrophe before it. */
function field(text: string): string {
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  const safe = !isNumber && /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/.test(text) ? `'${text}` : text;
  const shown = visible(safe);
  return /[",;]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

const ACCURACY_HEAD = ['id_accuracy', 'id_accuracy_low', 'id_accuracy_high', 'card_accuracy'];

/** Empty where it was not measured. */
function accuracyFields(measured: Accuracy | undefined): string[] {
  if (measured === undefined) return ACCURACY_HEAD.map(() => '');
  const { value, low, high } = measured.accuracy;
  return [value, low, high, measured.cardAccuracy ?? ''].map(String);
}

/**
 * One line per cell (RFC 4180); every metric as value, low and high end of its 95 % interval, in [0, 1]; the accuracy
 * of the cell's model on its ID set; codes of the warnings that concern the cell.
 */
export function resultsCsv({ cells, accuracies, warnings }: Results): string {
  const metricHead = METRIC_COLUMNS.flatMap(({ key }) => [
    snake(key),
    `${snake(key)}_low`,
    `${snake(key)}_high`,
  ]);
  const head = [
    'method',
    'id',
    'ood',
    'model',
    'protocol',
    ...metricHead,
    'chosen',
    'seconds',
    ...ACCURACY_HEAD,
    'warnings',
  ];
  const accuracyOf = accuracyIndex(accuracies);
  const warningsOf = warningIndex(warnings);
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
    ...accuracyFields(accuracyOf(cell)),
    [...new Set(warningsOf(cell).map(({ code }) => code))].join(' '),
  ]);
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
