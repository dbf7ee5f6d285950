import { type Cell, type Comparison, RANKED_BY, type Results } from '@oodgrid/contract';
import type { CellGroup } from '../cell-groups.js';

/** Means over groups of OOD sets in the form of tables of one pair: rows with the mean AUROC alone, and the tests against the best one. */
export interface GroupTable {
  readonly group: CellGroup;
  readonly comparisons: readonly Comparison[];
}

/** A table for each ID set, model and group, in the order of the results. */
export function groupTables({ cells, groupMeans }: Results): readonly GroupTable[] {
  const key = (...names: readonly string[]) => JSON.stringify(names);
  const cellOf = new Map(cells.map((cell) => [key(cell.id, cell.model, cell.method), cell]));
  const tables = new Map<string, Results['groupMeans']>();
  for (const mean of groupMeans) {
    const place = key(mean.id, mean.model, mean.group);
    tables.set(place, [...(tables.get(place) ?? []), mean]);
  }
  return [...tables.values()].flatMap((means): GroupTable[] => {
    const [first] = means;
    if (first === undefined) return [];
    const { id, model, group } = first;
    const where = { id, ood: `mean of ${group}`, model };
    const rows = means.flatMap(({ method, auroc }): Cell[] => {
      const cell = cellOf.get(key(id, model, method));
      if (cell === undefined) return [];
      const { value: estimate, low, high } = auroc;
      const metrics = { [RANKED_BY]: { estimate, interval: { low, high }, how: 'delong' as const } };
      return [{ ...cell, ...where, metrics }];
    });
    const best = means.find(({ toBest }) => toBest === null)?.method ?? '';
    const comparisons = means.flatMap(({ method, toBest }): Comparison[] =>
      toBest === null ? [] : [{ ...where, a: method, b: best, ...toBest }],
    );
    return [{ group: { ...where, cells: rows }, comparisons }];
  });
}
