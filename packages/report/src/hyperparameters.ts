import type { Cell } from '@oodgrid/contract';

/** `magnitude 0.004, temperature 1000`; empty where nothing was chosen. */
export function chosenText({ hyperparameters: { chosen, isFallback } }: Cell): string {
  if (chosen === null) return '';
  const text = Object.entries(chosen)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return isFallback ? `${text} (fallback)` : text;
}
