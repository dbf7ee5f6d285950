import { type Accuracy, type Results, type ResultWarning, visible } from '@oodgrid/contract';
import {
  accuracyText,
  calibrationNote,
  doubtIndex,
  firstAccuracies,
  WARNINGS_PAGE,
  warningGroups,
} from './result-warnings.js';
import { padRight, textWidth, wrapText } from './text-width.js';

const MAX_ACCURACIES = 12;
const MAX_OF_A_KIND = 3;
const INDENT = '  ';

/** Lines below the table on a terminal: accuracies and warnings, a bounded number of each. */
export function warningsText({ accuracies, warnings }: Results, width: number): readonly string[] {
  return [
    ...(accuracies.length === 0 ? [] : [accuraciesText(accuracies, warnings, width)]),
    ...(warnings.length === 0 ? [] : [groupsText(warnings, width)]),
  ];
}

/** Those of which a warning speaks come first. */
function accuraciesText(
  accuracies: readonly Accuracy[],
  warnings: readonly ResultWarning[],
  width: number,
): string {
  const isDoubted = doubtIndex(warnings);
  const shown = firstAccuracies(accuracies, isDoubted, MAX_ACCURACIES).map((one) => ({
    name: visible(`${one.model} on ${one.id}`),
    value: `${accuracyText(one)}${isDoubted(one) ? ' !' : ''}`,
  }));
  const longest = Math.max(...shown.map(({ name }) => textWidth(name)));
  const value = Math.max(...shown.map((one) => one.value.length));
  const isNarrow = INDENT.length + longest + 2 + value > width;
  const lines = shown.flatMap(({ name, value }) =>
    isNarrow
      ? [`${INDENT}${name}`, `${INDENT}${INDENT}${value}`]
      : [`${INDENT}${padRight(name, longest)}  ${value}`],
  );
  const left = accuracies.length - shown.length;
  const rest = left === 0 ? [] : [`${INDENT}... and ${left} more in results.json`];
  const note = calibrationNote(accuracies).trim();
  return [
    'accuracy on the ID test sets (95 %)',
    ...lines,
    ...rest,
    ...(note === '' ? [] : wrapText(note, width)),
  ].join('\n');
}

function groupsText(warnings: readonly ResultWarning[], width: number): string {
  const serious = warnings.filter(({ severity }) => severity === 'serious').length;
  const notices = warnings.length - serious;
  const counts = [
    ...(serious === 0 ? [] : [`${serious} ${serious === 1 ? 'warning' : 'warnings'}`]),
    ...(notices === 0 ? [] : [`${notices} ${notices === 1 ? 'notice' : 'notices'}`]),
  ];
  const lines = warningGroups(warnings).flatMap((group) => {
    const mark = group.severity === 'serious' ? '! ' : '- ';
    const shown = group.warnings.slice(0, MAX_OF_A_KIND);
    const left = group.warnings.length - shown.length;
    return [
      ...shown.flatMap(({ code, message }) =>
        wrapText(visible(`${mark}${code}: ${message}`), width, { indent: INDENT }),
      ),
      ...(left === 0 ? [] : [`${INDENT}... and ${left} more of this kind in results.json`]),
    ];
  });
  return [`${counts.join(', ')} (what to do: ${WARNINGS_PAGE})`, ...lines].join('\n');
}
