import { philoxWords } from '@oodgrid/stats';
import type { Rows } from '../method.js';

/** `count` of the rows by chance, in their order, or all where there are no more; always the same ones for a number of rows. */
export function drawnRows({ rows, columns, data }: Rows, count: number): Rows {
  if (rows <= count) return { rows, columns, data };
  const words = philoxWords({ seed: 1, stream: 0, counter: [0, 0] }, rows);
  const chosen = [...words.keys()]
    .sort((a, b) => words[a] - words[b] || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
  const drawn = new Float32Array(count * columns);
  for (const [at, row] of chosen.entries())
    drawn.set(data.subarray(row * columns, (row + 1) * columns), at * columns);
  return { rows: count, columns, data: drawn };
}
