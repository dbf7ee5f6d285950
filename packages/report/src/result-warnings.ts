import type { Accuracy, Cell, ResultWarning, WarningCode } from '@oodgrid/contract';
import { percent } from './percent.js';

type PlaceKey = 'id' | 'ood' | 'model' | 'method';

/** A warning and its position in the results. */
interface PlacedWarning {
  readonly order: number;
  readonly warning: ResultWarning;
}

/**
 * Finds the warnings that concern a row: those whose place names nothing that is another's, in the order of the
 * results. Rows are told apart by `keys` alone. Reads each warning once; a look-up reads what it finds.
 */
export function warningIndex<Key extends PlaceKey>(
  warnings: readonly ResultWarning[],
  keys: readonly Key[],
): (row: Readonly<Record<Key, string>>) => ResultWarning[] {
  // Warnings whose places name the same keys, by the names.
  const shapes = new Map<string, { keys: readonly Key[]; byNames: Map<string, PlacedWarning[]> }>();
  for (const [order, warning] of warnings.entries()) {
    const named = keys.filter((key) => warning.place[key] !== undefined);
    const shape = shapes.get(named.join()) ?? { keys: named, byNames: new Map() };
    shapes.set(named.join(), shape);
    const names = JSON.stringify(named.map((key) => warning.place[key]));
    const known = shape.byNames.get(names);
    if (known === undefined) shape.byNames.set(names, [{ order, warning }]);
    else known.push({ order, warning });
  }
  return (row) =>
    [...shapes.values()]
      .flatMap(({ keys: named, byNames }) => byNames.get(JSON.stringify(named.map((key) => row[key]))) ?? [])
      .sort((a, b) => a.order - b.order)
      .map(({ warning }) => warning);
}

/** Finds the accuracy of a cell's model on its ID set. */
export function accuracyIndex(
  accuracies: readonly Accuracy[],
): (row: Pick<Cell, 'id' | 'model'>) => Accuracy | undefined {
  const known = new Map(accuracies.map((one) => [modelAndSet(one), one]));
  return (row) => known.get(modelAndSet(row));
}

/** Tells whether a warning doubts an accuracy. */
export function doubtIndex(warnings: readonly ResultWarning[]): (accuracy: Accuracy) => boolean {
  const doubted = new Set<string>();
  for (const { code, place } of warnings) {
    const { model, id } = place;
    if (code.startsWith('accuracy-') && model !== undefined && id !== undefined)
      doubted.add(modelAndSet({ model, id }));
  }
  return (accuracy) => doubted.has(modelAndSet(accuracy));
}

const modelAndSet = ({ model, id }: Pick<Cell, 'id' | 'model'>): string => JSON.stringify([model, id]);

/** At most so many, those that are doubted first. */
export function firstAccuracies(
  accuracies: readonly Accuracy[],
  isDoubted: (accuracy: Accuracy) => boolean,
  limit: number,
): readonly Accuracy[] {
  const doubted = accuracies.filter(isDoubted);
  return [...doubted, ...accuracies.filter((one) => !isDoubted(one))].slice(0, limit);
}

/** `92.51 % (91.98-93.01), card 92.51 %, ECE 3.21 % (2.90-3.60)` */
export function accuracyText({ accuracy, cardAccuracy, calibration }: Accuracy, dash = '-'): string {
  const text = ({ value, low, high }: Accuracy['accuracy']) =>
    `${percent(value)} % (${percent(low)}${dash}${percent(high)})`;
  const card = cardAccuracy === null ? '' : `, card ${percent(cardAccuracy)} %`;
  return `${text(accuracy)}${card}${calibration === undefined ? '' : `, ECE ${text(calibration)}`}`;
}

/** What an ECE is, below tables that have one; empty where none was measured. */
export const calibrationNote = (accuracies: readonly Accuracy[]): string => {
  const bins = accuracies.find(({ calibration }) => calibration !== undefined)?.calibration?.bins;
  return bins === undefined
    ? ''
    : ` ECE: expected calibration error of the largest softmax probability in ${bins} bins, with a bootstrap's 95 % interval.`;
};

/** Warnings of one kind, in the order of the results. */
export interface WarningGroup {
  readonly code: WarningCode;
  readonly severity: ResultWarning['severity'];
  readonly warnings: readonly ResultWarning[];
}

/** Messages of a kind, at most so many, and a line that says how many were left out. */
export function firstMessages({ warnings }: WarningGroup, limit: number): readonly string[] {
  const messages = warnings.slice(0, limit).map(({ message }) => message);
  const left = warnings.length - messages.length;
  return left === 0 ? messages : [...messages, `... and ${left} more of this kind in results.json`];
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
