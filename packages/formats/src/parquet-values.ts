import { OodError } from '@oodgrid/contract';
import { type ArrayType, entriesOf, type NumericArray } from './array-types.js';

/** Rows of equal lists as one array, row-major. */
export function arrayOf(rows: ArrayLike<unknown>, dtype: ArrayType | undefined, where: string): NumericArray {
  const shape = [rows.length];
  for (let value = rows[0]; Array.isArray(value); value = value[0]) shape.push(value.length);
  const size = entriesOf(shape);
  const isBig = dtype === 'int64' || dtype === 'uint64';
  const floats = dtype === 'float32' || dtype === 'float16' ? new Float32Array(size) : new Float64Array(size);
  const integers = isBig ? new BigInt64Array(size) : undefined;
  let at = 0;
  const put = (value: unknown, axis: number, row: number): void => {
    const length = shape[axis + 1];
    if (length !== undefined) {
      if (!Array.isArray(value) || value.length !== length)
        throw new OodError(
          'corrupt-data',
          `${where}: row ${row} is ${Array.isArray(value) ? `a list of ${value.length}` : String(value)}, row 0 one of ${length}; every row needs as many numbers`,
        );
      for (const one of value) put(one, axis + 1, row);
      return;
    }
    if (typeof value === 'number') floats[at++] = value;
    else if (typeof value === 'boolean') floats[at++] = value ? 1 : 0;
    else if (typeof value === 'bigint' && integers !== undefined) integers[at++] = BigInt.asIntN(64, value);
    else
      throw new OodError(
        'corrupt-data',
        `${where}: row ${row} holds ${value === undefined ? null : String(value)}; every row needs as many numbers, and none may be null`,
      );
  };
  for (let row = 0; row < rows.length; row++) put(rows[row], 0, row);
  return { dtype: dtype ?? 'float64', shape, data: dataOf(dtype, floats, integers) };
}

function dataOf(
  dtype: ArrayType | undefined,
  floats: Float32Array | Float64Array,
  integers: BigInt64Array | undefined,
): NumericArray['data'] {
  if (integers !== undefined) return dtype === 'uint64' ? new BigUint64Array(integers.buffer) : integers;
  switch (dtype) {
    case 'bool':
    case 'uint8':
      return Uint8Array.from(floats);
    case 'int8':
      return Int8Array.from(floats);
    case 'uint16':
      return Uint16Array.from(floats);
    case 'int16':
      return Int16Array.from(floats);
    case 'uint32':
      return Uint32Array.from(floats);
    case 'int32':
      return Int32Array.from(floats);
    default:
      return floats;
  }
}
