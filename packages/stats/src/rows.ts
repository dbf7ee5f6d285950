/** [rows, columns] row-major: features or scores, one sample a row. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}
