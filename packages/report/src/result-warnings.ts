import type { Accuracy, Cell, ResultWarning, WarningCode } from '@oodgrid/protocol';
import { percent } from './metric-columns.js';

type Row = Pick<Cell, 'id' | 'ood' | 'model' | 'method'>;

/** Whether a warning is about a row: everything that it names is the row's. */
export const concerns = ({ place }: ResultWarning, row: Partial<Row>): boolean =>
  (['id', 'ood', 'model', 'method'] as const).every(
    (key) => place[key] === undefined || row[key] === undefined || place[key] === row[key],
  );

/** Finds the warnings that concern a cell; of those of single cells, which may be many, without looking at each. */
export function warningIndex(warnings: readonly ResultWarning[]): (cell: Row) => ResultWarning[] {
  const ofCell = new Map<string, ResultWarning[]>();
  const others: ResultWarning[] = [];
  for (const warning of warnings) {
    const { id, ood, model, method } = warning.place;
    if (id === undefined || ood === undefined || model === undefined || method === undefined) {
      others.push(warning);
      continue;
    }
    const key = JSON.stringify([id, ood, model, method]);
    const known = ofCell.get(key);
    if (known === undefined) ofCell.set(key, [warning]);
    else known.push(warning);
  }
  return (cell) => [
    ...others.filter((one) => concerns(one, cell)),
    ...(ofCell.get(JSON.stringify([cell.id, cell.ood, cell.model, cell.method])) ?? []),
  ];
}

/** Finds the accuracy of a cell's model on its ID set. */
export function accuracyIndex(accuracies: readonly Accuracy[]): (cell: Row) => Accuracy | undefined {
  const known = new Map(accuracies.map((one) => [JSON.stringify([one.model, one.id]), one]));
  return ({ model, id }) => known.get(JSON.stringify([model, id]));
}

/** Whether a warning doubts it. */
export const isDoubted = ({ model, id }: Accuracy, warnings: readonly ResultWarning[]): boolean =>
  warnings.some(
    ({ code, place }) => code.startsWith('accuracy-') && place.model === model && place.id === id,
  );

/** `92.51 % (91.98-93.01), card 92.51 %` */
export function accuracyText({ accuracy: { value, low, high }, cardAccuracy }: Accuracy, dash = '-'): string {
  const card = cardAccuracy === null ? '' : `, card ${percent(cardAccuracy)} %`;
  return `${percent(value)} % (${percent(low)}${dash}${percent(high)})${card}`;
}

/** Warnings of one kind, in the order of the results. */
export interface WarningGroup {
  readonly code: WarningCode;
  readonly severity: ResultWarning['severity'];
  readonly warnings: readonly ResultWarning[];
}

/** At most so many messages, and a line that says how many were left out. */
export function firstOf(messages: readonly string[], limit: number): readonly string[] {
  const left = messages.length - limit;
  return left <= 0
    ? messages
    : [...messages.slice(0, limit), `... and ${left} more of this kind in results.json`];
}

/** Kinds in the order of their first warning; a kind's serious ones and notices apart. */
export function warningGroups(warnings: readonly ResultWarning[]): WarningGroup[] {
  const groups = new Map<
    string,
    { code: WarningCode; severity: ResultWarning['severity']; warnings: ResultWarning[] }
  >();
  for (const warning of warnings) {
    const { code, severity } = warning;
    const key = `${severity} ${code}`;
    const group = groups.get(key) ?? { code, severity, warnings: [] };
    group.warnings.push(warning);
    groups.set(key, group);
  }
  return [...groups.values()];
}

export const WARNINGS_PAGE = 'docs/warnings.md';
