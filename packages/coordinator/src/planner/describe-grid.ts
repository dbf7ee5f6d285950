import type { ResolvedGrid } from '@oodgrid/contract';

/** What the results depend on: `ResolvedGrid` is that already, blobs standing for paths. */
export function describeGrid(grid: ResolvedGrid): Record<string, unknown> {
  const {
    memoryBytes: _placement,
    cardAccuracies: _cards,
    warnings: _warnings,
    references: _references,
    ...description
  } = grid;
  return description;
}
