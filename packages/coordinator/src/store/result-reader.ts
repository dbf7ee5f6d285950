import type { Digest } from '@oodgrid/protocol';

/** Result of a unit: scores, or the blob of a fitted state. */
export type UnitResult =
  | { readonly kind: 'scores'; readonly rows: number; readonly columns: number; readonly data: Float32Array }
  | { readonly kind: 'fitted'; readonly blob: Digest };

/** Results by content address: keys hold everything that the bits depend on, so an entry never goes stale. */
export interface ResultReader {
  /** Undefined for what is absent or fails its checksum. */
  find(key: Digest): UnitResult | undefined;
}
