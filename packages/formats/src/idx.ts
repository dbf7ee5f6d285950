import { unzipped, unzippedStart } from './gunzip.js';
import { refuser } from './what-is-this-file.js';

/** No data set of the field comes near this; a header that promises more is damaged. */
const MAX_BYTES = 1024 ** 3;
const UINT8 = 0x08;
/** Types that the format knows beside bytes. */
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Reads an IDX file of bytes (MNIST's format), gzipped or not. Throws `corrupt-data` naming `name`. */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const head = unzippedStart(bytes, name);
  const refuse = refuser(head, name, 'idx', 'IDX file');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 4 || view.getUint16(0) !== 0) return refuse('it does not start with two zero bytes');
  const code = view.getUint8(2);
  if (code !== UINT8) {
    const type = OTHER_TYPES[code] ?? `0x${code.toString(16)}`;
    return refuse(`its type is ${type}, expected bytes (0x08); save other numbers with numpy.savez`);
  }
  const rank = view.getUint8(3);
  const start = 4 + 4 * rank;
  if (rank === 0 || head.length < start)
    return refuse(`${head.length} bytes are too few for a header of ${rank} dimensions`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, size) => product * size, 1);
  if (expected > MAX_BYTES - start) {
    return refuse(`[${shape.join(', ')}] needs ${expected} bytes, more than the limit of ${MAX_BYTES}`);
  }
  const raw = unzipped(bytes, name, start + expected);
  if (expected !== raw.length - start) {
    return refuse(`[${shape.join(', ')}] needs ${expected} bytes, the file holds ${raw.length - start}`);
  }
  return { shape, data: raw.subarray(start) };
}
