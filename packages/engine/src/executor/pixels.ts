import { type Normalisation, OodError, type Transform } from '@oodgrid/contract';
import { firstNotFinite } from '../finite.js';

/** Value of every byte per channel: 256 entries each. */
export type PixelTable = readonly Float32Array[];

/** Returns a transform's value for each byte. Throws `invalid-input` for a transform that does not fit the channels, or float32. */
export const pixelTable = (transform: Transform, channels: number): PixelTable =>
  'offset' in transform ? offsetPixels(transform.offset, channels) : normalisedPixels(transform, channels);

/** (u8 / 255 - mean) / std in float32 steps, the bits that torchvision's ToTensor and Normalize give. */
export function normalisedPixels({ mean, std }: Normalisation, channels: number): PixelTable {
  if (mean.length !== channels || std.length !== channels) {
    throw new OodError(
      'invalid-input',
      `the normalisation has ${mean.length} means and ${std.length} stds for images of ${channels} channels; give one of each per channel`,
    );
  }
  const tables = mean.map((channelMean, channel) =>
    Float32Array.from({ length: 256 }, (_, u8) => {
      const centred = Math.fround(Math.fround(u8 / 255) - Math.fround(channelMean));
      return centred / Math.fround(std[channel] ?? Number.NaN);
    }),
  );
  for (const [channel, table] of tables.entries()) {
    if (firstNotFinite(table) >= 0) {
      throw new OodError(
        'invalid-input',
        `normalisation: (pixel - ${mean[channel]}) / ${std[channel]} of channel ${channel} does not fit into float32`,
      );
    }
  }
  return tables;
}

/** The transform of floats that are used as they are. */
export const isIdentity = (transform: Transform): boolean =>
  !('offset' in transform) &&
  transform.mean.every((value) => value === 0) &&
  transform.std.every((value) => value === 1);

/** The standard deviations [channels], or [1], that a transform divides by. */
export const deviations = (transform: Transform): readonly number[] =>
  'offset' in transform ? [1] : transform.std;

/** (u8 - offset) / 255 in float64, rounded once. */
function offsetPixels(offset: number, channels: number): PixelTable {
  const table = Float32Array.from({ length: 256 }, (_, u8) => (u8 - offset) / 255);
  return Array.from({ length: channels }, () => table);
}

/** Looks every byte of interleaved channels up in its channel's table. */
export function applyPixels(bytes: Uint8Array, tables: PixelTable, out: Float32Array, offset: number): void {
  const channels = tables.length;
  for (const [channel, table] of tables.entries()) {
    for (let i = channel; i < bytes.length; i += channels)
      out[offset + i] = table[bytes[i] ?? Number.NaN] ?? Number.NaN;
  }
}
