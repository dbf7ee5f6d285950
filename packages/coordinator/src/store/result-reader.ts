import type { Digest } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';

/** Result of a unit: scores, or the blob of a fitted state. */
export type UnitResult =
  | ({ readonly kind: 'scores' } & Rows)
  | { readonly kind: 'fitted'; readonly blob: Digest };

/** Of what a store holds, what can be used: a fitted state counts only while its blob is there. */
export function usableResults(store: ResultReader, blobs: { isThere(blob: Digest): boolean }): ResultReader {
  return {
    find: (key) => {
      const found = store.find(key);
      return found?.kind === 'fitted' && !blobs.isThere(found.blob) ? undefined : found;
    },
  };
}

/** Results by content address: keys hold everything that the bits depend on, so an entry never goes stale. */
export interface ResultReader {
  /** Undefined for what is absent, fails its checksum or is not finite. */
  find(key: Digest): UnitResult | undefined;
}
