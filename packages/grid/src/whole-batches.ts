import { findProtocol } from '@oodgrid/protocols';
import { type Finding, valueAt } from './finding.js';
import { DEFAULT_SLICE, type Grid } from './schema.js';

const SLICE = ['options', 'slice'] as const;

/**
 * Slices are whole batches of the grid's own protocol. Where the grid says nothing, they are the most of them that the default has room for;
 * what it says is a finding where it is no multiple. `root` is what was parsed.
 */
export function wholeBatches(
  grid: Grid,
  root: unknown,
): { readonly grid: Grid; readonly findings: Finding[] } {
  const { name, batch } = findProtocol(grid.protocol);
  const { slice } = grid.options;
  if (valueAt(root, SLICE) === undefined) {
    const most = Math.max(1, Math.floor(DEFAULT_SLICE / batch)) * batch;
    return { grid: { ...grid, options: { ...grid.options, slice: most } }, findings: [] };
  }
  if (slice % batch === 0) return { grid, findings: [] };
  const nearest = Math.max(1, Math.round(slice / batch)) * batch;
  const message = `expected a multiple of ${batch}, the batch of protocol ${name}, got ${slice}; write ${nearest}`;
  return { grid, findings: [{ path: SLICE, message }] };
}
