import { OodError } from '@oodgrid/contract';
import type { Ops, Tensor, Tensor2D } from '../method.js';
import { as2D } from './shapes.js';

/** Rows of the bank that a batch is compared with at once: what is held of all distances is [n, BLOCK]. Part of the numbers' bits. */
const BLOCK = 8192;

export const rowSquares = (ops: Ops, x: Tensor): Tensor => ops.sum(ops.square(x), 1, true);

/** ||x - y||^2 of every row x [n, d] and y [m, d], [n, m]; of nearly equal rows it may be a little below 0. */
export function squaredLengths(ops: Ops, x: Tensor2D, y: Tensor2D, ofX = rowSquares(ops, x)): Tensor2D {
  const product = ops.mul(ops.matMul(x, y, false, true), 2);
  const distances = ops.sub(ops.add(ofX, ops.reshape(rowSquares(ops, y), [1, -1])), product);
  return as2D(ops, distances, x.shape[0], y.shape[0]);
}

export interface Nearest {
  /** Squared distances [n, count], nearest first; of nearly equal rows they may be a little below 0. */
  readonly squares: Tensor2D;
  /** Rows of the bank [n, count], int32. */
  readonly rows: Tensor2D;
}

/**
 * The `count` nearest rows of the bank. It is taken in blocks of a fixed size, so that bits do not depend on `count`. Throws where the bank has
 * fewer rows; call it in a `tidy`.
 */
export function nearest(ops: Ops, x: Tensor2D, bank: Tensor2D, count: number, method: string): Nearest {
  const [n] = x.shape;
  const [rows, columns] = bank.shape;
  if (count > rows)
    throw new OodError(
      'invalid-input',
      `${method}: k of ${count} is more than the ${rows} samples fitted on; give smaller "k"`,
    );
  const own = rowSquares(ops, x);
  let best: readonly [Tensor, Tensor] | undefined;
  for (let from = 0; from < rows; from += BLOCK) {
    const before = best;
    best = ops.tidy((): [Tensor, Tensor] => {
      const block = ops.slice(bank, [from, 0], [Math.min(BLOCK, rows - from), columns]);
      const closeness = ops.neg(squaredLengths(ops, x, block, own));
      const all = before === undefined ? closeness : ops.concat([before[0], closeness], 1);
      const { values, indices } = ops.topk(all, Math.min(count, all.shape[1] ?? Number.NaN));
      if (before === undefined) return [values, indices];
      // A place below the number of those before is one of them, any other a row of the block.
      const old = before[1].shape[1] ?? Number.NaN;
      const kept = pick(ops, before[1], ops.minimum(indices, ops.scalar(old - 1, 'int32')));
      const fresh = ops.add(indices, ops.scalar(from - old, 'int32'));
      return [values, ops.where(ops.less(indices, ops.scalar(old, 'int32')), kept, fresh)];
    });
    ops.dispose([...(before ?? [])]);
  }
  if (best === undefined) throw new OodError('internal', 'a bank has rows');
  return { squares: as2D(ops, ops.neg(best[0]), n, count), rows: as2D(ops, best[1], n, count) };
}

/** table[i, places[i, j]] of a table [n, m] and places [n, k], int32. */
function pick(ops: Ops, table: Tensor, places: Tensor): Tensor {
  const [n = 0, m = 0] = table.shape;
  const starts = ops.reshape(ops.mul(ops.range(0, n, 1, 'int32'), ops.scalar(m, 'int32')), [n, 1]);
  const at = ops.reshape(ops.add(starts, places), [-1]);
  return ops.reshape(ops.gather(ops.reshape(table, [-1]), at), places.shape);
}
