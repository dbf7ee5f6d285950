import { OodError } from '@oodgrid/contract';
import { channelsLast, describeArrays, openNpz, readRegularFile } from '@oodgrid/formats';
import type { ImageSize, SplitContent } from '../dataset.js';

const NAME = 'noise_uint8';

/**
 * Noise images of an npz file as [n, height, width, channels]: its only array, or the one named `noise_uint8`, of type uint8 and
 * shape [n, channels, height, width]. What else the archive holds is not looked at. Throws `not-found` where there is no file,
 * `invalid-input` with what it holds and the `hint` for another array.
 */
export async function readNoiseFile(path: string, size: ImageSize, hint = ''): Promise<SplitContent> {
  const bytes = await readRegularFile(path);
  if (bytes === undefined)
    throw new OodError('not-found', `${path}: the noise images could not be read: there is no such file`);
  const [height, width, channels] = size;
  const archive = openNpz(bytes, path);
  const refuse = (): never => {
    throw new OodError(
      'invalid-input',
      `${path}: expected one uint8 array [n, ${channels}, ${height}, ${width}] (or one named "${NAME}"), found ${describeArrays(archive.list())}${hint}`,
    );
  };
  const [only, ...others] = archive.keys;
  const key = archive.keys.includes(NAME) ? NAME : others.length === 0 ? only : undefined;
  if (key === undefined) return refuse();
  const { shape, data } = archive.read(key, ({ dtype, shape: [n, ...image] }) => {
    if (dtype !== 'uint8' || n === 0 || image.join() !== [channels, height, width].join()) refuse();
  });
  const [count] = shape;
  if (count === undefined || !(data instanceof Uint8Array)) return refuse();
  return { images: channelsLast(data, count, height * width, channels), shape: [count, ...size] };
}
