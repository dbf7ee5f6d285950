import type { Digest, ErrorCode, RunSpec } from '@oodgrid/contract';
import type { WorkerInfo } from '@oodgrid/transport';
import type { LedgerEvent, TaskHistory } from '../ledger/ledger-events.js';
import type { TaskReport } from '../workload/workload.js';

export interface RunProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Submission of a run. */
export interface SubmittedRecord {
  readonly kind: 'submitted';
  readonly run: string;
  /** The user's name for the run. */
  readonly name: string;
  /** ISO time of the submission. */
  readonly at: string;
  /** A second submission with the same key is the same run. */
  readonly idempotencyKey: string | null;
  readonly priority: number;
  /** Only workers of this numerics class; null: of the one with the most places. */
  readonly pool: string | null;
  readonly isCacheUsed: boolean;
  readonly spec: RunSpec;
  /** W3C trace context of what planned it, where somebody traces. */
  readonly traceparent?: string;
}

/** End of a run. `result` is the blob of its merged results. */
export interface EndedRecord {
  readonly kind: 'ended';
  readonly run: string;
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly at: string;
  readonly seconds: number;
  readonly result: Digest | null;
  readonly problem: RunProblem | null;
}

/** Records of the journal: replayed in order, they restore the coordinator's state. */
export type JournalRecord =
  | SubmittedRecord
  /** The run's tasks go to workers of this numerics class. */
  | {
      readonly kind: 'pinned';
      readonly run: string;
      readonly pool: string;
      readonly engine: WorkerInfo['engine'];
      /** ISO time; older journals have none. */
      readonly at?: string;
      /** Identity of the plan that the numbers of its tasks refer to; older journals have none. */
      readonly plan?: string;
    }
  /** The run starts anew in another numerics class: whatever was recorded of it before does not count. */
  | { readonly kind: 'moved'; readonly run: string; readonly pool: string }
  | Exclude<LedgerEvent, { kind: 'completed' | 'reused' | 'done' | 'satisfied' }>
  | (Extract<LedgerEvent, { kind: 'completed' }> & TaskReport)
  /** Without a lease: `reused` from the cache, `done` in a snapshot. */
  | (Extract<LedgerEvent, { kind: 'reused' | 'done' }> & TaskReport)
  /** A choice between tasks was made. */
  | { readonly kind: 'computed'; readonly run: string; readonly id: string; readonly outcome: unknown }
  /** In a snapshot: what former attempts of a task came to. */
  | ({ readonly kind: 'history' } & TaskHistory)
  | EndedRecord
  /** Somebody has written its results down: it may be collected. */
  | { readonly kind: 'fetched'; readonly run: string }
  /** The run was removed by collection. */
  | { readonly kind: 'forgotten'; readonly run: string };
