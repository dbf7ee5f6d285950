/** Mean features of each class, scaled to length 1: { shape: [classes, k], data }. A file that a method imports is part of its identity too. */
export function directionsOf({ rows, columns, data }, labels, classes) {
  const sums = new Float64Array(classes * columns);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < columns; j++) sums[labels[row] * columns + j] += data[row * columns + j];
  for (let c = 0; c < classes; c++) {
    const mean = sums.subarray(c * columns, (c + 1) * columns);
    const length = Math.hypot(...mean);
    for (let j = 0; j < columns; j++) mean[j] = length > 0 ? mean[j] / length : 0;
  }
  return { shape: [classes, columns], data: Float32Array.from(sums) };
}
