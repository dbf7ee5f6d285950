import type { Digest } from '@oodgrid/contract';

/** Returns the message about blobs that could not be copied. */
export const lostText = (from: string, lost: readonly Digest[]): string =>
  `warning: ${from}: ${lost.length} blobs are damaged there and were left out, ${lost[0] ?? ''} first; runs that need them say so, and the next submission of their grids uploads them`;
