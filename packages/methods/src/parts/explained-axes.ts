import { principalAxes } from '@oodgrid/stats';
import { z } from 'zod';
import type { Rows, State, Tensor } from '../method.js';

/** Shares of the variance that the principal axes are to explain, and the sweep over those that a grid names. */
export const shareSetting = z.number().positive().max(1);
export const shareSweep = ({ shares }: { readonly shares: readonly number[] }) => ({
  settings: shares.map((share) => ({ share })),
  fallback: 0,
});
export const sharesOption = (fallback: number[]) =>
  z.array(shareSetting).min(1).max(100).default(fallback).meta({
    title: 'shares of the variance of the train set that the principal axes explain, to choose from',
  });

/** Principal axes [d, d] of rows around an origin, largest first, and which share of the variance the first 1 to d explain, [d]. */
export function explainedAxes(rows: Rows, origin: Float64Array): State {
  const { values, vectors } = principalAxes(rows, origin);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let sum = 0;
  const shares = values.map((value) => {
    sum += Math.max(0, value);
    return total === 0 ? 1 : sum / total;
  });
  const d = rows.columns;
  return {
    axes: { shape: [d, d], data: Float32Array.from(vectors) },
    shares: { shape: [d], data: Float32Array.from(shares) },
  };
}

/** Returns the least number of axes that explain a share. */
export function axesFor(shares: Tensor, share: number): number {
  // Sums of float32 may end a little below 1.
  const found = shares.dataSync<'float32'>().findIndex((one) => one >= share - 1e-6);
  return found < 0 ? shares.size : found + 1;
}
