import type { SplitOrder } from '@oodgrid/contract';
import { NumpyRandomState } from '@oodgrid/stats';
import type { Protocol } from './protocol.js';

/** Orders that were asked for last: most cells of a grid have the same two. */
const made = new Map<string, Uint32Array>();
const MAX_MADE = 8;

/** Index in its file of every position of the order in which a protocol cuts a set of `count` samples; shared, not to be written to. */
export function splitIndices(
  { permutationSeed }: Pick<Protocol, 'permutationSeed'>,
  order: SplitOrder,
  count: number,
): Uint32Array {
  const key = `${order} ${permutationSeed} ${count}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const indices =
    order === 'permuted'
      ? new NumpyRandomState(permutationSeed).permutation(count)
      : Uint32Array.from({ length: count }, (_, i) => i);
  if (made.size >= MAX_MADE) made.clear();
  made.set(key, indices);
  return indices;
}
