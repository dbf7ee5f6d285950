import type { ResolvedGrid } from '@oodgrid/contract';

/** Returns everything that the results depend on. In a `ResolvedGrid` blobs already stand for paths. */
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
