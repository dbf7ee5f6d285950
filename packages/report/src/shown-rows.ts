import type { Cell } from '@oodgrid/contract';
import { aurocOf, type CellGroup } from './cell-groups.js';

/** Limits for runs too large to be shown whole. */
export interface ShownLimits {
  readonly groups: number;
  /** Of all groups together. */
  readonly rows: number;
  readonly rowsOfGroup: number;
}

export interface ShownGroup {
  /** With all its rows, which its marks are worked out from. */
  readonly group: CellGroup;
  /** The rows to show: the best ones where not all are. */
  readonly cells: readonly Cell[];
}

export interface ShownGroups {
  readonly shown: readonly ShownGroup[];
  /** Groups that are not shown at all, and their rows. */
  readonly groupsLeft: number;
  readonly rowsLeft: number;
}

/** The first groups, as far as the limits reach. */
export function shownGroups(groups: readonly CellGroup[], limits: ShownLimits): ShownGroups {
  const shown: ShownGroup[] = [];
  let rows = 0;
  for (const group of groups) {
    const cells = bestRows(group.cells, Math.min(limits.rowsOfGroup, limits.rows));
    if (shown.length === limits.groups || rows + cells.length > limits.rows) break;
    rows += cells.length;
    shown.push({ group, cells });
  }
  const left = groups.slice(shown.length);
  return {
    shown,
    groupsLeft: left.length,
    rowsLeft: left.reduce((sum, { cells }) => sum + cells.length, 0),
  };
}

/** At most so many rows, those with the highest AUROC, in the order of the results. */
export function bestRows(cells: readonly Cell[], limit: number): readonly Cell[] {
  if (cells.length <= limit) return cells;
  const ranked = [...cells].sort((a, b) => aurocOf(b) - aurocOf(a));
  const kept = new Set(ranked.slice(0, limit));
  return cells.filter((cell) => kept.has(cell));
}
