import type { GroupMean } from '@oodgrid/contract';
import { meanAurocInterval, type Placements, stratifiedPaired } from '@oodgrid/stats';
import type { PlannedCell } from '../planner/plan.js';
import type { ComparedRow, PlacementKind } from './compare.js';

/** Cells of one ID set, model and group of OOD sets: for each method the positions in the plan of its cell on every set. */
export interface MeanGroup {
  readonly id: string;
  readonly model: string;
  readonly group: string;
  readonly rows: readonly (readonly number[])[];
}

/** Groups in the order of the plan. */
export function meanGroups(
  cells: readonly PlannedCell[],
  pairs: readonly { readonly id: string; readonly ood: string; readonly group?: string }[],
): readonly MeanGroup[] {
  const groupOf = new Map(pairs.map(({ id, ood, group }) => [JSON.stringify([id, ood]), group]));
  const found = new Map<string, Omit<MeanGroup, 'rows'> & { readonly rows: Map<string, number[]> }>();
  for (const [i, { id, ood, model, row }] of cells.entries()) {
    const group = groupOf.get(JSON.stringify([id, ood]));
    if (group === undefined) continue;
    const key = JSON.stringify([id, model, group]);
    const own = found.get(key) ?? { id, model, group, rows: new Map<string, number[]>() };
    found.set(key, own);
    const known = own.rows.get(row);
    if (known === undefined) own.rows.set(row, [i]);
    else known.push(i);
  }
  return [...found.values()].map(({ rows, ...own }) => ({ ...own, rows: [...rows.values()] }));
}

/** The rows of a method on the sets of a group, and how their placements are read. */
export interface MeanRow extends ComparedRow {
  read(kind: PlacementKind): readonly Placements[];
}

/** Mean AUROC of each method over the sets, with its interval, and the paired test against the highest mean. Two rows are in memory at once. */
export function* groupMeans(
  where: Pick<MeanGroup, 'id' | 'model' | 'group'>,
  rows: readonly MeanRow[],
): Generator<GroupMean> {
  const aurocs = rows.map((row) => meanAurocInterval(row.read('own')));
  const highest = Math.max(...aurocs.map(({ value }) => value));
  const best = rows[aurocs.findIndex(({ value }) => value === highest)];
  let ofBest: { readonly kind: PlacementKind; readonly placements: readonly Placements[] } | undefined;
  for (const [i, row] of rows.entries()) {
    const { value, low, high } = aurocs[i] ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN };
    const mean = { ...where, method: row.method, auroc: { value, low, high } };
    if (best === undefined || row === best) {
      yield { ...mean, toBest: null };
      continue;
    }
    // Rows of two orders have some of their samples in common, or none.
    const kind = row.splitOrder === best.splitOrder ? 'own' : 'shared';
    if (ofBest?.kind !== kind) ofBest = { kind, placements: best.read(kind) };
    yield { ...mean, toBest: testOf(row.read(kind), ofBest.placements) };
  }
}

function testOf(own: readonly Placements[], best: readonly Placements[]): GroupMean['toBest'] {
  const [first] = own;
  if (first === undefined || own.some(({ id, ood }) => id.length === 0 || ood.length === 0)) return null;
  const { difference, p, log10P } = stratifiedPaired(own, best);
  const samplesOod = own.reduce((sum, { ood }) => sum + ood.length, 0);
  return { difference, p, log10P, samplesId: first.id.length, samplesOod };
}
