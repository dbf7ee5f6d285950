import type { Accuracy, Cell, ResultWarning, WarningCode } from '@oodgrid/protocol';
import { percent } from './metric-columns.js';

type Row = Pick<Cell, 'id' | 'ood' | 'model' | 'method'>;

/** Whether a warning is about a row: everything that it names is the row's. */
export const concerns = ({ place }: ResultWarning, row: Partial<Row>): boolean =>
  (['id', 'ood', 'model', 'method'] as const).every(
    (key) => place[key] === undefined || row[key] === undefined || place[key] === row[key],
  );

export const accuracyOf = (accuracies: readonly Accuracy[], { id, model }: Row): Accuracy | undefined =>
  accuracies.find((one) => one.id === id && one.model === model);

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
