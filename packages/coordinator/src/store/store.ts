import type { Digest } from '@oodgrid/contract';
import type { Rows } from '@oodgrid/stats';
import type { JournalRecord } from './journal-record.js';
import type { ResultReader, UnitResult } from './result-reader.js';

/** Part of a result that a live lease has sent. */
export type StagedChunk =
  | (Rows & {
      readonly kind: 'rows';
      readonly token: string;
      readonly key: Digest;
      readonly offsetRows: number;
    })
  | { readonly kind: 'fitted'; readonly token: string; readonly key: Digest; readonly blob: Digest };

/** Changes that are made durable together: all of them, or none. */
export interface StoreBatch {
  readonly records: readonly JournalRecord[];
  readonly chunks: readonly StagedChunk[];
  /** Tokens of leases that are over: their chunks go. */
  readonly endedLeases: readonly string[];
  readonly results: readonly { readonly key: Digest; readonly result: UnitResult }[];
}

/** The coordinator's durable state: its journal, chunks of live leases, and results. */
export interface Store extends ResultReader {
  /** Made with the store and kept in it: names this coordinator's queue where several share a server. */
  readonly id: string;
  /** Everything that was committed, in its order. */
  records(): Iterable<JournalRecord>;
  chunks(): Iterable<StagedChunk>;
  /** Blobs of fitted states among the results and the chunks. */
  fittedBlobs(): Iterable<Digest>;
  /**
   * Returns when the batch is durable. Throws when it could not be written; the batch then has no effect,
   * and the caller has to read the store again before it goes on.
   */
  commit(batch: StoreBatch): void;
  /** Replaces the journal by a shorter one that replays to the same state: a snapshot. */
  compact(records: readonly JournalRecord[]): void;
  close(): void;
}
