import type { SplitOrder } from '@oodgrid/contract';
import { type Protocol, type Side, splitIndices } from '@oodgrid/protocols';
import { type Placements, placementsOf, rankedSubset } from '@oodgrid/stats';
import type { PlannedCell } from '../planner/plan.js';
import type { RankedCell } from './merge-cell.js';

/** Placements of a row as paired tests read them: in the order of the file. */
export interface FileOrderPlacements {
  readonly own: Placements;
  /** Of the samples that rows of the other split order test too; null where nobody asks. */
  readonly shared: Placements | null;
}

const otherOrder = (order: SplitOrder): SplitOrder => (order === 'file' ? 'permuted' : 'file');

/** `isMixed`: whether rows of the other split order are among those that the cell is compared with. */
export function fileOrderPlacements(
  protocol: Protocol,
  { splitOrder: order, sides, shifted = [] }: Pick<PlannedCell, 'splitOrder' | 'sides' | 'shifted'>,
  { placements, ranked, test }: RankedCell,
  isMixed: boolean,
): FileOrderPlacements {
  const idCount = shifted.reduce((sum, { side }) => sum + side.count, sides.id.count);
  const idRows = rowsInFileOrder(test.id.indices, idCount);
  const oodRows = rowsInFileOrder(test.ood.indices, sides.ood.count);
  const own = { id: pick(placements.id, idRows), ood: pick(placements.ood, oodRows) };
  if (!isMixed) return { own, shared: null };
  const other = otherOrder(order);
  const both = (side: Side, rows: Uint32Array) => {
    const { count, cut } = sides[side];
    const { from } = cut.test;
    // Of each side, as many samples are tested in the other order.
    const { indices } = test[side];
    const tested = splitIndices(protocol, other, count).subarray(from, from + indices.length);
    const isShared = membership(tested, count);
    return rows.filter((row) => isShared[valueAt(indices, row)] === 1);
  };
  const subset = rankedSubset(ranked, both('id', idRows), both('ood', oodRows));
  return { own, shared: placementsOf(subset) };
}

/** Rows by the position of their samples in a file of `count` samples. */
function rowsInFileOrder(indices: Uint32Array, count: number): Uint32Array {
  const rowAt = new Int32Array(count).fill(-1);
  for (const [row, index] of indices.entries()) rowAt[index] = row;
  const rows = new Uint32Array(indices.length);
  let found = 0;
  for (const row of rowAt) if (row >= 0) rows[found++] = row;
  return rows.subarray(0, found);
}

function pick(values: Uint32Array, rows: Uint32Array): Uint32Array {
  return rows.map((row) => valueAt(values, row));
}

/** A typed array would say 0 beyond its end. */
function valueAt(values: Uint32Array, place: number): number {
  const value = values[place];
  if (value === undefined) throw new RangeError(`${place} is beyond the ${values.length} values of a row`);
  return value;
}

function membership(indices: Uint32Array, count: number): Uint8Array {
  const isIn = new Uint8Array(count);
  for (const index of indices) isIn[index] = 1;
  return isIn;
}
