/** [rows, columns] row-major, one sample a row: features or scores. The one shape of such values everywhere. */
export interface Rows<Data extends Float32Array | Float64Array = Float32Array> {
  readonly rows: number;
  readonly columns: number;
  readonly data: Data;
}
