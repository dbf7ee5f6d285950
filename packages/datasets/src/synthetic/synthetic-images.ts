import { OodError } from '@oodgrid/contract';
import type { ImageSize, SplitContent } from '../dataset.js';
import { SYNTHETIC_KINDS } from './catalog.js';
import { Draws } from './draws.js';

/** What fits into one array of bytes. */
const MAX_BYTES = 2 ** 31;

/** Makes `count` images of that size of a kind that draws its own. Throws `invalid-input` where they do not fit into memory. */
export function drawnImages(kind: string, seed: number, count: number, size: ImageSize): SplitContent {
  const bytes = size.reduce((product, side) => product * side, count);
  if (bytes > MAX_BYTES)
    throw new OodError(
      'invalid-input',
      `${count} images of ${size.join('x')} take ${bytes} bytes, more than ${MAX_BYTES}: lower count`,
    );
  return made(kind, seed, { images: new Uint8Array(bytes), shape: [count, ...size] });
}

/** Changes the images of another set, the first `count` of them. Throws `invalid-input` for floats, and for a size that the kind cannot have. */
export function changedImages(
  kind: string,
  seed: number,
  count: number | undefined,
  { images, shape: [all, ...size] }: SplitContent,
): SplitContent {
  if (!(images instanceof Uint8Array))
    throw new OodError('invalid-input', `synthetic: ${kind} changes bytes, and these images are floats`);
  const kept = Math.min(all, count ?? all);
  return made(kind, seed, { images: images.slice(0, (images.length / all) * kept), shape: [kept, ...size] });
}

function made(name: string, seed: number, content: SplitContent & { images: Uint8Array }): SplitContent {
  const kind = SYNTHETIC_KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new OodError('internal', `there is no kind "${name}" of synthetic images`);
  const { images, shape } = content;
  const [count, ...size] = shape;
  const make = kind.prepare(size, new Draws(seed, kind.stream));
  const pixels = images.length / count;
  for (let index = 0; index < count; index++)
    make(images.subarray(index * pixels, (index + 1) * pixels), index);
  return content;
}
