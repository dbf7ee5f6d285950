import type { ChunkMessage } from '../ports.js';

/** Largest payload of a chunk, so that no message holds a stream up. */
export const MAX_CHUNK_BYTES = 256 * 1024;

/** A chunk's rows in pieces of at most `MAX_CHUNK_BYTES`. */
export function splitChunk(chunk: ChunkMessage): ChunkMessage[] {
  const { rows, columns, offsetRows, data } = chunk;
  const rowsPerPiece = Math.max(1, Math.floor(MAX_CHUNK_BYTES / 4 / Math.max(1, columns)));
  if (rows <= rowsPerPiece) return [chunk];
  return Array.from({ length: Math.ceil(rows / rowsPerPiece) }, (_, i) => {
    const from = i * rowsPerPiece;
    const count = Math.min(rowsPerPiece, rows - from);
    return {
      ...chunk,
      offsetRows: offsetRows + from,
      rows: count,
      data: data.subarray(from * columns, (from + count) * columns),
    };
  });
}
