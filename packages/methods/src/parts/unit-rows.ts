import type { Rows } from '../method.js';

/** x / ||x||, float64 inside; a sample without any feature stays at the origin. */
export function unitRows({ rows, columns, data }: Rows): Float32Array {
  const unit = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const x = data.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    if (length > 0)
      unit.set(
        x.map((value) => value / length),
        row * columns,
      );
  }
  return unit;
}
