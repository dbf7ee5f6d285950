import type { Comparison } from '@oodgrid/contract';
import { bestRow, type CellGroup, groupKey } from './cell-groups.js';

/** DeLong's paired test of a row against the best one of its group, on the test samples that both have. */
export interface TestAgainstBest {
  /** AUROC of the row minus that of the best one, on those samples. */
  readonly difference: number;
  readonly p: number;
  readonly log10P: number | null;
  readonly samplesId: number;
  readonly samplesOod: number;
}

/** Finds the comparisons of a group. Reads each comparison once, however many groups there are. */
export function comparisonIndex(
  comparisons: readonly Comparison[],
): (group: CellGroup) => readonly Comparison[] {
  const ofGroup = new Map<string, Comparison[]>();
  let previous: Comparison | undefined;
  let own: Comparison[] = [];
  for (const comparison of comparisons) {
    // Those of a group come one after the other: a key for each would cost more than all the rest.
    if (previous === undefined || !isSameGroup(previous, comparison)) {
      const key = groupKey(comparison);
      own = ofGroup.get(key) ?? [];
      ofGroup.set(key, own);
      previous = comparison;
    }
    own.push(comparison);
  }
  return (group) => ofGroup.get(groupKey(group)) ?? [];
}

const isSameGroup = (a: Comparison, b: Comparison): boolean =>
  a.id === b.id && a.ood === b.ood && a.model === b.model;

/** By row, of the comparisons of the rows' group. A row without a test has no samples in common with the best one. */
export function testsAgainstBest(
  { cells }: CellGroup,
  comparisons: readonly Comparison[],
): ReadonlyMap<string, TestAgainstBest> {
  const best = bestRow(cells)?.method;
  const tests = new Map<string, TestAgainstBest>();
  for (const { a, b, difference, p, log10P, samplesId, samplesOod } of comparisons) {
    const test = { p, log10P, samplesId, samplesOod };
    if (b === best) tests.set(a, { difference, ...test });
    else if (a === best) tests.set(b, { difference: -difference, ...test });
  }
  return tests;
}

/** A double below this has fewer digits than others, or none: it is 0. */
const SMALLEST = 1e-307;

/** Whether a p's double says what it is. */
export const isWholeP = (p: number): boolean => p >= SMALLEST;

/** `0.0312`, `4.1e-9`, `4.1e-413`, or `< 1e-308` where nothing says how small: a p that a double holds as 0 is never printed as one. */
export function pText({ p, log10P }: Pick<Comparison, 'p' | 'log10P'>): string {
  if (p >= 0.001) return p.toPrecision(3);
  if (isWholeP(p)) return p.toExponential(1);
  return log10P === null ? '< 1e-308' : powerText(log10P);
}

/** 10 to that power, of which there may be no double. */
function powerText(log10: number): string {
  const exponent = Math.floor(log10);
  const mantissa = (10 ** (log10 - exponent)).toFixed(1);
  return mantissa === '10.0' ? `1.0e${exponent + 1}` : `${mantissa}e${exponent}`;
}
