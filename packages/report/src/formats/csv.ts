import {
  type Accuracy,
  type Cell,
  type Comparison,
  type GroupMean,
  type MetricSpec,
  metricOf,
  visible,
} from '@oodgrid/contract';
import { meansOf } from '../means.js';
import { isWholeP, pText } from '../paired-tests.js';
import { accuracyIndex, warningIndex } from '../result-warnings.js';
import type { Report, ReportFormat } from './format.js';

/** Tables for programs and spreadsheets (RFC 4180). */
export const csv: ReportFormat = {
  name: 'csv',
  files: [
    { name: 'results.csv', holds: 'a line per row of the table', write: cellLines },
    {
      name: 'means.csv',
      holds: 'means over groups of OOD sets and over training seeds, a line per method and set or group',
      write: meanLines,
    },
    { name: 'comparisons.csv', holds: "a line per DeLong's paired test of two rows", write: comparisonLines },
  ],
};

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Most fields: nothing to quote or to disarm. */
const PLAIN = /^[A-Za-z0-9][\w.-]*$/;

const line = (fields: readonly string[]): string => `${fields.map(field).join(',')}\r\n`;

/** A field (RFC 4180) that no spreadsheet takes for a formula: one that would be gets an apostrophe before it. */
function field(text: string): string {
  if (PLAIN.test(text)) return text;
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  const safe = !isNumber && /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/.test(text) ? `'${text}` : text;
  const shown = visible(safe);
  return /[",;]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

const BEFORE_METRICS = ['method', 'id', 'ood', 'model', 'protocol'] as const;
const AFTER_METRICS = [
  'chosen',
  'seconds',
  'id_accuracy',
  'id_accuracy_low',
  'id_accuracy_high',
  'card_accuracy',
  'warnings',
] as const;
/** Behind all others, where a grid asks for it. */
const CALIBRATION = ['ece', 'ece_low', 'ece_high'] as const;

/** Three columns a metric. One that would be called as another column is, has `metric_` before it. */
function headOf(metrics: readonly MetricSpec[], hasCalibration: boolean): readonly string[] {
  const taken = new Set<string>([...BEFORE_METRICS, ...AFTER_METRICS, ...CALIBRATION]);
  const columns = metrics.flatMap(({ key }) => {
    const of = (name: string) => [name, `${name}_low`, `${name}_high`];
    let name = snake(key);
    while (of(name).some((column) => taken.has(column))) name = `metric_${name}`;
    for (const column of of(name)) taken.add(column);
    return of(name);
  });
  return [...BEFORE_METRICS, ...columns, ...AFTER_METRICS, ...(hasCalibration ? CALIBRATION : [])];
}

/**
 * Every metric as value, low and high end of its 95 % interval, in [0, 1]; the accuracy of the cell's model on its
 * ID set; codes of the warnings that concern the cell; the model's calibration error, where it was measured.
 */
function* cellLines({
  results: { cells, accuracies, warnings, metrics, protocol },
}: Report): Generator<string> {
  const accuracyOf = accuracyIndex(accuracies);
  const warningsOf = warningIndex(warnings, ['id', 'ood', 'model', 'method']);
  const hasCalibration = accuracies.some(({ calibration }) => calibration !== undefined);
  yield line(headOf(metrics, hasCalibration));
  for (const cell of cells) {
    const { method, id, ood, model, seconds } = cell;
    const codes = new Set(warningsOf(cell).map(({ code }) => code));
    yield line([
      ...[method, id, ood, model, protocol.name],
      ...metricFields(cell, metrics),
      seconds.toFixed(3),
      ...accuracyFields(accuracyOf(cell)),
      [...codes].join(' '),
      ...(hasCalibration ? calibrationFields(accuracyOf(cell)) : []),
    ]);
  }
}

/**
 * For each ID set and model, or family of models that differ by their seed: mean and population standard deviation over seeds of every
 * metric on each OOD set, and of the means over groups; in [0, 1]. A group of one training seed has DeLong's interval of its AUROC, and the p of its difference
 * from the best mean. The head alone where a grid has neither groups nor training seeds.
 */
function* meanLines({ results }: Report): Generator<string> {
  const columns = results.metrics.flatMap(({ key }) => [`${snake(key)}_mean`, `${snake(key)}_sd`]);
  const accuracyColumns = ['id_accuracy_mean', 'id_accuracy_sd'];
  const ofGroups = ['auroc_low', 'auroc_high', 'p_to_best', 'log10_p_to_best'];
  yield line([
    'method',
    'id',
    'model',
    'seeds',
    'protocol',
    'set',
    'is_group',
    ...columns,
    ...accuracyColumns,
    ...ofGroups,
  ]);
  for (const { id, model, seeds, accuracy, methods, groupMean } of meansOf(results)) {
    const measured = accuracy === undefined ? ['', ''] : [String(accuracy.mean), String(accuracy.sd)];
    for (const { method, rows } of methods) {
      for (const { name, isGroup, values } of rows) {
        const numbers = values.flatMap(({ mean, sd }) => [String(mean), String(sd)]);
        const names = [method, id, model, String(seeds), results.protocol.name, name, isGroup ? '1' : '0'];
        const mean = isGroup ? groupMean(method, name) : undefined;
        yield line([...names, ...numbers, ...measured, ...groupFields(mean)]);
      }
    }
  }
}

function groupFields(mean: GroupMean | undefined): string[] {
  if (mean === undefined) return ['', '', '', ''];
  const { auroc, toBest } = mean;
  const test = toBest === null ? ['', ''] : [pNumber(toBest), log10Number(toBest)];
  return [String(auroc.low), String(auroc.high), ...test];
}

type P = Pick<Comparison, 'p' | 'log10P'>;

/** A p that a double does not hold is written by its logarithm's digits, never as 0. */
const pNumber = (one: P): string => (isWholeP(one.p) ? String(one.p) : pText(one));

/** Empty where nothing says how small a p is that a program reads as 0. */
const log10Number = ({ log10P }: P): string => (log10P === null ? '' : String(log10P));

function metricFields(cell: Cell, metrics: readonly MetricSpec[]): string[] {
  const { chosen } = cell.hyperparameters;
  const values = metrics.flatMap(({ key }) => {
    const { estimate, interval } = metricOf(cell, key);
    return [estimate, interval.low, interval.high].map(String);
  });
  return [...values, chosen === null ? '' : JSON.stringify(chosen)];
}

/** Empty where it was not measured. */
function accuracyFields(measured: Accuracy | undefined): string[] {
  if (measured === undefined) return ['', '', '', ''];
  const { value, low, high } = measured.accuracy;
  return [value, low, high, measured.cardAccuracy ?? ''].map(String);
}

function calibrationFields(measured: Accuracy | undefined): string[] {
  const { calibration } = measured ?? {};
  if (calibration === undefined) return CALIBRATION.map(() => '');
  return [calibration.value, calibration.low, calibration.high].map(String);
}

/** `log10_p` says how small a p is that a program reads as 0; it is empty where nothing says so. */
function* comparisonLines({ results: { comparisons } }: Report): Generator<string> {
  yield line(['id', 'ood', 'model', 'a', 'b', 'difference', 'p', 'log10_p', 'samples_id', 'samples_ood']);
  for (const one of comparisons) {
    const { id, ood, model, a, b, difference, samplesId, samplesOod } = one;
    yield line([
      ...[id, ood, model, a, b],
      String(difference),
      pNumber(one),
      log10Number(one),
      ...[samplesId, samplesOod].map(String),
    ]);
  }
}
