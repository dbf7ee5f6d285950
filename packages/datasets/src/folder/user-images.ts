import { OodError } from '@oodgrid/contract';
import { channelsLast, type NumericArray } from '@oodgrid/formats';
import type { ImageSize, SplitContent } from '../dataset.js';
import { type PixelUse, readPixels } from './user-pixels.js';

/** Order of an image's axes: height, width, channels; or channels first, as PyTorch keeps them. */
export type ImageLayout = 'hwc' | 'chw';

export interface ImageReading {
  /** Sizes that models take: they tell channels first from channels last where no `layout` is given. */
  readonly inputs: readonly ImageSize[];
  readonly pixels: PixelUse;
  readonly layout?: ImageLayout;
}

/** Refuses what are no images, by type and shape alone. */
export function requireImages(
  found: Pick<NumericArray, 'dtype' | 'shape'>,
  reading: ImageReading,
  where: string,
): void {
  const { size } = sizeOf(found, reading, where, () => undefined);
  if (found.shape[0] === 0) throw new OodError('invalid-input', `${where}: the data set is empty`);
  if (size.some((length) => length === 0))
    throw new OodError('corrupt-data', `${where}: images of ${size.join('x')} have no pixels`);
}

/** Images of any type and layout as [n, h, w, c]. `where` names file and array; what was guessed is noted. */
export function readImages(
  array: NumericArray,
  reading: ImageReading,
  where: string,
  note: (line: string) => void,
): Pick<SplitContent, 'images' | 'shape'> {
  requireImages(array, reading, where);
  const { size, layout } = sizeOf(array, reading, where, note);
  const [count = 0] = array.shape;
  const pixels = readPixels(array, reading.pixels, where, note);
  return {
    images: layout === 'chw' ? channelsLast(pixels, count, size[0] * size[1], size[2]) : pixels,
    shape: [count, ...size],
  };
}

function sizeOf(
  { shape, dtype }: Pick<NumericArray, 'dtype' | 'shape'>,
  { inputs, layout }: ImageReading,
  where: string,
  note: (line: string) => void,
): { readonly size: ImageSize; readonly layout: ImageLayout } {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 2)
    return { size: rowSize(shape, inputs, layout, where, note), layout: layout ?? 'hwc' };
  if (shape.length === 3) return { size: [a, b, 1], layout: 'hwc' };
  if (shape.length !== 4) {
    throw new OodError(
      'corrupt-data',
      `${where}: ${dtype} [${shape.join(', ')}] must be [n, height, width] or [n, height, width, channels]`,
    );
  }
  const isInput = (size: ImageSize) =>
    inputs.some((input) => input.every((length, axis) => length === size[axis]));
  const isFirst = layout === 'chw' || (layout === undefined && !isInput([a, b, c]) && isInput([b, c, a]));
  if (isFirst && layout === undefined)
    note(`${where} [${shape.join(', ')}] are taken as [n, channels, height, width] (layout: chw)`);
  return isFirst ? { size: [b, c, a], layout: 'chw' } : { size: [a, b, c], layout: 'hwc' };
}

/** One row of numbers per image: plain for grey ones, a question of the layout for others. */
function rowSize(
  shape: readonly number[],
  inputs: readonly ImageSize[],
  layout: ImageLayout | undefined,
  where: string,
  note: (line: string) => void,
): ImageSize {
  const [input] = inputs;
  const length = shape[1] ?? 0;
  if (
    input !== undefined &&
    length === input[0] * input[1] * input[2] &&
    (input[2] === 1 || layout !== undefined)
  ) {
    note(`${where} [${shape.join(', ')}]: each row is taken as an image of ${input.join('x')}`);
    return input;
  }
  const hint =
    input !== undefined && length === input[0] * input[1] * input[2] ? ', or say layout: chw or hwc' : '';
  throw new OodError(
    'corrupt-data',
    `${where}: rows of ${length} numbers are not known to be images; save them as [n, height, width] or [n, height, width, channels]${hint}`,
  );
}
