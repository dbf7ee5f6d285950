import { type Cell, metricOf, RANKED_BY, type Results } from '@oodgrid/contract';

/** Rows that are compared with each other: those of one pair and model. */
export interface CellGroup {
  readonly id: string;
  readonly ood: string;
  readonly model: string;
  readonly cells: readonly Cell[];
}

/** Tells groups apart, whatever the names. */
export const groupKey = ({ id, ood, model }: Pick<CellGroup, 'id' | 'ood' | 'model'>): string =>
  JSON.stringify([id, ood, model]);

/** Groups in the order of the results. */
export function cellGroups({ cells }: Pick<Results, 'cells'>): CellGroup[] {
  const groups = new Map<string, { id: string; ood: string; model: string; cells: Cell[] }>();
  for (const cell of cells) {
    const { id, ood, model } = cell;
    const key = groupKey(cell);
    const group = groups.get(key) ?? { id, ood, model, cells: [] };
    group.cells.push(cell);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `clothes vs digits, net` */
export const groupTitle = ({ id, ood, model }: CellGroup): string => `${id} vs ${ood}, ${model}`;

/** Metric by which rows are ranked. */
export const aurocOf = (cell: Cell): number => metricOf(cell, RANKED_BY).estimate;

/** The row with the highest AUROC, the first of equal ones. */
export function bestRow(cells: readonly Cell[]): Cell | undefined {
  let best: Cell | undefined;
  for (const cell of cells) {
    if (best === undefined || aurocOf(cell) > aurocOf(best)) best = cell;
  }
  return best;
}
