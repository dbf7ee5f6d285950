import type { Cell, Comparison, Results } from '@oodgrid/contract';
import { holmLog10 } from '@oodgrid/stats';
import { aurocOf, bestRow, type CellGroup, cellGroups } from '../cell-groups.js';
import { comparisonIndex, type TestAgainstBest, testsAgainstBest } from '../paired-tests.js';
import { groupTables } from './group-tables.js';

/** Rows that are told from the best at this error rate over the whole table. */
export const LEVEL = 0.05;

export interface ComparedRow {
  readonly cell: Cell;
  /** DeLong's test against the best row; undefined for that row itself, and where no test sample is shared. */
  readonly test: TestAgainstBest | undefined;
  /** log10 of Holm's adjusted p, -Infinity where p is exactly 0; undefined where there is no test. */
  readonly adjustedLog10P: number | undefined;
  /** Whether the data do not tell the row from the best one. A row without a test is not told from it either. */
  readonly isLikeBest: boolean;
}

/** A table of rows, best AUROC first, each compared with the best. */
export interface ComparedTable {
  readonly group: CellGroup;
  readonly best: Cell;
  /** Hypotheses that Holm's adjustment counts: every two rows of the table, for the best was chosen by looking at all. */
  readonly family: number;
  readonly rows: readonly ComparedRow[];
}

/**
 * Paired tests of every table, those of means over groups of OOD sets among them, with Holm's adjustment over the table. The best row is chosen by the data that test it, so its tests alone
 * are no family of their own: every two rows count, also those that a large run has not tested.
 */
export function comparedTables(results: Results): ComparedTable[] {
  const comparisonsOf = comparisonIndex(results.comparisons);
  return [
    ...cellGroups(results).flatMap((group) => comparedTable(group, comparisonsOf(group)) ?? []),
    ...groupTables(results).flatMap(({ group, comparisons }) => comparedTable(group, comparisons) ?? []),
  ];
}

/** Undefined for a group without rows. */
export function comparedTable(
  group: CellGroup,
  comparisons: readonly Comparison[],
): ComparedTable | undefined {
  const best = bestRow(group.cells);
  if (best === undefined) return undefined;
  const family = (group.cells.length * (group.cells.length - 1)) / 2;
  const adjusted = adjustedAgainst(best.method, comparisons, Math.max(family, comparisons.length));
  const tests = testsAgainstBest(group, comparisons);
  const rows = [...group.cells]
    .sort((a, b) => (a === best ? -1 : b === best ? 1 : aurocOf(b) - aurocOf(a)))
    .map((cell) => {
      const adjustedLog10P = adjusted.get(cell.method);
      return {
        cell,
        test: cell === best ? undefined : tests.get(cell.method),
        adjustedLog10P,
        isLikeBest: adjustedLog10P === undefined || adjustedLog10P >= Math.log10(LEVEL),
      };
    });
  return { group, best, family, rows };
}

/** Adjusted among all tests of the table; of the rows that were tested against `best`. */
function adjustedAgainst(
  best: string,
  comparisons: readonly Comparison[],
  family: number,
): ReadonlyMap<string, number> {
  const adjusted = holmLog10(comparisons.map(log10Of), family);
  const found = new Map<string, number>();
  for (const [i, { a, b }] of comparisons.entries()) {
    if (a === best) found.set(b, adjusted[i] ?? Number.NaN);
    else if (b === best) found.set(a, adjusted[i] ?? Number.NaN);
  }
  return found;
}

/** Results of older versions have no logarithm; a p of 0 without one is exactly 0, or too small for them to say. */
const log10Of = ({ p, log10P }: Comparison): number =>
  log10P ?? (p === 0 ? Number.NEGATIVE_INFINITY : Math.log10(p));
