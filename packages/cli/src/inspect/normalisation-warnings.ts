import { type Normalisation, OodError, type ResultWarning } from '@oodgrid/contract';
import type { ChannelStatistics } from './pixel-statistics.js';

/** Normalised data this far from mean 0 and standard deviation 1 were hardly meant to be. */
const FAR_MEAN = 1;
const FAR_STD = 2.5;
/** Plain scalings that many models are trained with, whatever the data: to 0..1 and to -1..1, where pixels then lie. */
const PLAIN = [
  { mean: 0, std: 1 },
  { mean: 0.5, std: 0.5 },
] as const;
const FAR_PLAIN = 3;

/** Refuses a normalisation that has not one mean and std per channel. `place`: where it is in the grid. */
export function requirePerChannel(
  place: string,
  name: string,
  { mean, std }: Normalisation,
  channels: number,
): void {
  for (const [key, values] of [
    ['mean', mean],
    ['std', std],
  ] as const) {
    if (values.length === channels) continue;
    throw new OodError(
      'invalid-input',
      `${place}.normalisation.${key} has ${values.length} ${values.length === 1 ? 'number' : 'numbers'}, but the images of "${name}" have ${channels} ${channels === 1 ? 'channel' : 'channels'}: give one for each`,
    );
  }
}

/** A normalisation after which the data are far from normal, with the data's own values. */
export function normalisationWarnings(
  id: string,
  { mean, std }: Normalisation,
  channels: readonly ChannelStatistics[],
): ResultWarning[] {
  const isPlain = PLAIN.some((one) => mean.every((m) => m === one.mean) && std.every((s) => s === one.std));
  const isFar = channels.some((own, channel) => {
    const [m, s] = [mean[channel], std[channel]];
    if (m === undefined || s === undefined)
      throw new OodError('internal', `the normalisation of "${id}" has no channel ${channel}`);
    const centre = Math.abs(own.mean - m) / s;
    const spread = own.std / s;
    // Floats that are used as they are may be anything.
    if (isPlain) return centre > FAR_PLAIN || spread > FAR_PLAIN;
    return m < 0 || m > 1 || centre > FAR_MEAN || spread > FAR_STD || spread < 1 / FAR_STD;
  });
  if (!isFar) return [];
  const list = (values: readonly number[]) =>
    `[${values.map((value) => Number(value.toFixed(3))).join(', ')}]`;
  const message = `the normalisation of "${id}" is mean ${list(mean)}, std ${list(std)}, but its test images have mean ${list(channels.map((one) => one.mean))}, std ${list(channels.map((one) => one.std))}: give the numbers that the model was trained with, pixels counted from 0 to 1`;
  return [{ code: 'normalisation-far-off', severity: 'serious', message, place: { id } }];
}
