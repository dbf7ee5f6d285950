import type { Combination } from '../protocol.js';

/** A method's first column is its score: nothing is fitted. */
export function firstColumn(): Combination {
  return {
    kind: 'first-column',
    parameters: {},
    scores: ({ rows, columns, data }) =>
      Float64Array.from({ length: rows }, (_, row) => data[row * columns] ?? Number.NaN),
  };
}
