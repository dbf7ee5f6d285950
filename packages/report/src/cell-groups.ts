import type { Cell, Results } from '@oodgrid/protocol';

/** Rows that are compared with each other: those of one pair and model. */
export interface CellGroup {
  readonly id: string;
  readonly ood: string;
  readonly model: string;
  readonly cells: readonly Cell[];
}

/** Groups in the order of the results. */
export function cellGroups({ cells }: Pick<Results, 'cells'>): CellGroup[] {
  const groups = new Map<string, { id: string; ood: string; model: string; cells: Cell[] }>();
  for (const cell of cells) {
    const { id, ood, model } = cell;
    const key = JSON.stringify([id, ood, model]);
    const group = groups.get(key) ?? { id, ood, model, cells: [] };
    group.cells.push(cell);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Identifies a cell within a run. */
export const cellKey = ({ id, ood, model, method }: Cell): string => JSON.stringify([id, ood, model, method]);
