import { OodError } from '@oodgrid/contract';
import type { NumericArray } from '@oodgrid/formats';

/** Use of the values of images: bytes, which are normalised, or floats, which are the network's input as they are. */
export type PixelUse = 'bytes' | 'floats';

/** Largest distance of k / 255 from its rounded value, by type; bytes are 0.0039 apart, which bfloat16 cannot resolve. */
const ROUNDING: Readonly<Record<string, number>> = {
  float16: 2 ** -11,
  float32: 2 ** -23,
  float64: 2 ** -23,
};

/**
 * Values of images of any type as bytes, where they are bytes: 0 to 255, or multiples of 1/255; or as floats. `where` names file
 * and array. Throws with the place of a value that does not fit, and both ways out.
 */
export function readPixels(
  array: NumericArray,
  use: PixelUse,
  where: string,
  note: (line: string) => void,
): Uint8Array | Float32Array {
  if (use === 'floats') return asFloats(array, where);
  const { data, dtype } = array;
  if (data instanceof Float32Array || data instanceof Float64Array)
    return floatBytes(data, array, where, note);
  if (dtype === 'bool') {
    note(`${where} are bool; true is taken as white, 255`);
    return integerBytes(array, where).map((value) => 255 * value);
  }
  const bytes = data instanceof Uint8Array ? data : integerBytes(array, where);
  if (isBlackAndAlmostBlack(bytes))
    note(
      `${where} hold only 0 and 1, which as bytes are black; where 1 is meant as white, save them times 255`,
    );
  return bytes;
}

function integerBytes({ data, dtype, shape }: NumericArray, where: string): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i] ?? Number.NaN);
    if (value < 0 || value > 255) {
      throw new OodError(
        'corrupt-data',
        `${where}: ${dtype} with ${value} ${placeOf(i, shape)}; images of integers must be 0 to 255`,
      );
    }
    bytes[i] = value;
  }
  return bytes;
}

function floatBytes(
  data: Float32Array | Float64Array,
  { dtype, shape }: NumericArray,
  where: string,
  note: (line: string) => void,
): Uint8Array {
  requireFinite(data, shape, where);
  const { low, high, isWhole, stray } = survey(data, ROUNDING[dtype] ?? 0);
  if (low >= 0 && high <= 1 && stray === undefined) {
    note(`${where} are ${dtype} multiples of 1/255 in 0..1; they are taken as the bytes that they were`);
    return Uint8Array.from(data, (value) => Math.round(value * 255));
  }
  if (low >= 0 && high <= 255 && isWhole) {
    note(`${where} are ${dtype} whole numbers in 0..255; they are taken as bytes`);
    return Uint8Array.from(data);
  }
  const example = stray === undefined ? '' : ` (${data[stray]} ${placeOf(stray, shape)})`;
  throw new OodError(
    'invalid-input',
    `${where}: ${dtype} from ${low} to ${high}${example} are no bytes. Where they are what the model takes, write normalisation: none on the ID side, and give both sides so; else save bytes, for images in 0..1 as numpy.round(images * 255).astype(numpy.uint8)`,
  );
}

/** Range of the values, whether all are whole numbers, and the first that is no multiple of 1/255. */
function survey(data: Float32Array | Float64Array, rounding: number) {
  let [low, high, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  let stray: number | undefined;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? Number.NaN;
    if (value < low) low = value;
    if (value > high) high = value;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
    if (stray === undefined && Math.abs(value - Math.round(value * 255) / 255) > rounding) stray = i;
  }
  return { low, high, isWhole, stray };
}

function asFloats({ data, dtype, shape }: NumericArray, where: string): Float32Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new OodError(
      'invalid-input',
      `${where}: ${dtype}, but normalisation: none uses floats as they are, on both sides of a pair. Save floats as the model takes them, or write normalisation: {mean: [...], std: [...]} on the ID side, which turns bytes into (byte / 255 - mean) / std`,
    );
  }
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  requireFinite(floats, shape, where);
  return floats;
}

function requireFinite(data: Float32Array | Float64Array, shape: readonly number[], where: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new OodError('corrupt-data', `${where}: ${data[bad]} ${placeOf(bad, shape)}`);
}

function isBlackAndAlmostBlack(bytes: Uint8Array): boolean {
  let isLit = false;
  for (const value of bytes) {
    if (value > 1) return false;
    isLit ||= value === 1;
  }
  return isLit;
}

/** "in image 3 at [0, 5]" */
function placeOf(index: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  const [image = 0, ...pixel] = place;
  return `in image ${image} at [${pixel.join(', ')}]`;
}
