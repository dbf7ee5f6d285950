import type { Combination } from '../protocol.js';

/** A method's last column is its score, of layers the one nearest to the logits: nothing is fitted. */
export function lastColumn(): Combination {
  return {
    kind: 'last-column',
    parameters: {},
    scores: ({ rows, columns, data }) =>
      Float64Array.from({ length: rows }, (_, row) => data[(row + 1) * columns - 1] ?? Number.NaN),
  };
}
