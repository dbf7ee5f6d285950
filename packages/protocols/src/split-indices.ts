import type { SplitOrder } from '@oodgrid/protocol';
import { NumpyRandomState } from '@oodgrid/stats';
import type { Protocol } from './protocol.js';

/** Index in its file of every position of the order in which a protocol cuts a set of `count` samples. */
export function splitIndices(
  { permutationSeed }: Pick<Protocol, 'permutationSeed'>,
  order: SplitOrder,
  count: number,
): Uint32Array {
  if (order === 'permuted') return new NumpyRandomState(permutationSeed).permutation(count);
  return Uint32Array.from({ length: count }, (_, i) => i);
}
