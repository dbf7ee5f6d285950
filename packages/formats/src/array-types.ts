export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Types of numbers that arrays of users come in. */
export type ArrayType = keyof typeof TYPES;

interface TypeFacts {
  readonly bytes: 1 | 2 | 4 | 8;
  /** Over the bytes of a buffer of its own, in the machine's order. */
  readonly make: (buffer: ArrayBuffer) => NumberArray;
}

const TYPES = {
  bool: { bytes: 1, make: (buffer) => new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1)) },
  uint8: { bytes: 1, make: (buffer) => new Uint8Array(buffer) },
  int8: { bytes: 1, make: (buffer) => new Int8Array(buffer) },
  uint16: { bytes: 2, make: (buffer) => new Uint16Array(buffer) },
  int16: { bytes: 2, make: (buffer) => new Int16Array(buffer) },
  uint32: { bytes: 4, make: (buffer) => new Uint32Array(buffer) },
  int32: { bytes: 4, make: (buffer) => new Int32Array(buffer) },
  uint64: { bytes: 8, make: (buffer) => new BigUint64Array(buffer) },
  int64: { bytes: 8, make: (buffer) => new BigInt64Array(buffer) },
  float16: { bytes: 2, make: (buffer) => halves(new Uint16Array(buffer)) },
  bfloat16: { bytes: 2, make: (buffer) => upperHalves(new Uint16Array(buffer)) },
  float32: { bytes: 4, make: (buffer) => new Float32Array(buffer) },
  float64: { bytes: 8, make: (buffer) => new Float64Array(buffer) },
} as const satisfies Record<string, TypeFacts>;

/** An array whose values are numbers; the half-precision types come as float32, which holds them exactly. */
export interface NumericArray {
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: NumberArray;
}

/** Throws what is wrong with an array, by what its file says of it before its values are read. */
export type ShapeCheck = (found: Pick<NumericArray, 'dtype' | 'shape'>) => void;

/** Header of an array in a file, known before its values are read. */
export interface ListedArray {
  readonly key: string;
  /** Its type, or why there is none. */
  readonly title: string;
  readonly shape?: readonly number[];
}

const MAX_LISTED = 20;

/** Names, types and shapes, for messages. */
export function describeArrays(arrays: readonly ListedArray[]): string {
  const listed = arrays
    .slice(0, MAX_LISTED)
    .map(({ key, title, shape }) =>
      [JSON.stringify(key), title, ...(shape === undefined ? [] : [`[${shape.join(', ')}]`])].join(' '),
    );
  const more = arrays.length - listed.length;
  return listed.join(', ') + (more > 0 ? ` and ${more} more` : '') || 'nothing';
}

export const bytesOf = (dtype: ArrayType): number => TYPES[dtype].bytes;

/** Decodes a copy of `bytes`, whose length the caller has checked against `bytesOf`. */
export function decodeNumbers(dtype: ArrayType, bytes: Uint8Array, isBigEndian = false): NumberArray {
  const { bytes: width, make } = TYPES[dtype];
  const own = new Uint8Array(bytes);
  if (isBigEndian) swapBytes(Buffer.from(own.buffer), width);
  return make(own.buffer);
}

function swapBytes(buffer: Buffer, width: 1 | 2 | 4 | 8): void {
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
}

/** IEEE half precision: every one of its values is a float32. */
function halves(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** bfloat16 is the upper half of a float32. */
function upperHalves(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
}

/** Number of entries of a shape; infinite where it passes every bound. Throws nothing, allocates nothing. */
export const entriesOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Entries of `width` bytes from column-major (Fortran order) to row-major. */
export const rowMajor = (bytes: Uint8Array, width: number, shape: readonly number[]): Uint8Array =>
  rowMajorOfStrided(
    bytes,
    width,
    shape,
    shape.map((_, axis) => entriesOf(shape.slice(0, axis))),
  );

/** Entries of `width` bytes in row-major order, of a view that begins with the first byte. `strides`: in entries. */
export function rowMajorOfStrided(
  bytes: Uint8Array,
  width: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const out = new Uint8Array(entriesOf(shape) * width);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += width) {
    out.set(bytes.subarray(from * width, (from + 1) * width), to);
    // The next index in row-major order: the last axis runs fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? Number.NaN) + 1;
      const stride = strides[axis] ?? Number.NaN;
      if (next < (shape[axis] ?? Number.NaN)) {
        index[axis] = next;
        from += stride;
        break;
      }
      index[axis] = 0;
      from -= (next - 1) * stride;
    }
  }
  return out;
}
