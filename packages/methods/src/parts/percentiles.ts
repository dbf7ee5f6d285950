import { z } from 'zod';

/** A setting that is a whole percentage, and the sweep over those that a grid names; the first is the method's own. */
export const percentileSetting = z.number().int().min(1).max(99);
export const percentileSweep = ({ percentiles }: { readonly percentiles: readonly number[] }) => ({
  settings: percentiles.map((percentile) => ({ percentile })),
  fallback: 0,
});

/** Whole percentages to choose from. */
export const percentilesOption = (fallback: number[], title: string) =>
  z.array(percentileSetting).min(1).max(99).default(fallback).meta({ title });

/** The percentiles 0 to 100 of all values, [101], interpolated linearly as numpy's; so one fit serves every percentage. */
export function percentileTable(values: Float32Array): Float32Array {
  const sorted = values.slice().sort();
  return Float32Array.from({ length: 101 }, (_, percent) => {
    const place = (percent / 100) * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    const above = sorted[Math.ceil(place)];
    return below + (above - below) * (place - Math.floor(place));
  });
}
