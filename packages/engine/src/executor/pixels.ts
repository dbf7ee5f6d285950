import { OodError, type Transform } from '@oodgrid/protocol';
import { firstNotFinite } from '../finite.js';

/** Value of every byte per channel: 256 entries each. */
export type PixelTable = readonly Float32Array[];

/** (u8 / 255 - mean) / std in float32 steps, the bits that torchvision's ToTensor and Normalize give. */
export function normalisedPixels({ mean, std }: Transform, channels: number): PixelTable {
  if (mean.length !== channels || std.length !== channels) {
    throw new OodError(
      'invalid-input',
      `the normalisation has ${mean.length} means and ${std.length} stds for images of ${channels} channels; give one of each per channel`,
    );
  }
  const tables = mean.map((channelMean, channel) =>
    Float32Array.from({ length: 256 }, (_, u8) => {
      const centred = Math.fround(Math.fround(u8 / 255) - Math.fround(channelMean));
      return centred / Math.fround(std[channel] ?? 1);
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
export const isIdentity = ({ mean, std }: Transform): boolean =>
  mean.every((value) => value === 0) && std.every((value) => value === 1);

/** (u8 - 127.5) / 255: FSSD's noise images are not normalised by the data set's mean and std. */
export function noisePixels(channels: number): PixelTable {
  const table = Float32Array.from({ length: 256 }, (_, u8) => (u8 - 127.5) / 255);
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
