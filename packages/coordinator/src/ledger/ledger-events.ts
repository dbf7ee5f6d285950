import type { ErrorCode } from '@oodgrid/contract';
import type { LeaseRef } from '@oodgrid/transport';

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** False when another attempt would fail alike: bad input, not a bad moment. */
  readonly isRetryable: boolean;
  /** The last lines that the worker wrote. */
  readonly logTail: string;
}

/** Changes of the ledger, as the journal keeps them. An event that does not fit the state changes nothing. */
export type LedgerEvent =
  /** A fit or a choice that tasks wait for is known. */
  | { readonly kind: 'satisfied'; readonly run: string; readonly need: string }
  /** The task is done without a lease: every result of it was in the cache. */
  | { readonly kind: 'reused'; readonly run: string; readonly task: number }
  /** The task is done, by a lease that a snapshot does not keep. */
  | { readonly kind: 'done'; readonly run: string; readonly task: number }
  | ({ readonly kind: 'leased'; readonly worker: string } & LeaseRef)
  /** The lease's results are complete. */
  | ({ readonly kind: 'completed' } & LeaseRef)
  /** `hasOther`: a worker that has not failed it could take it, now or when it is well; absent in journals of former versions. */
  | ({ readonly kind: 'failed'; readonly failure: Failure; readonly hasOther?: boolean } & LeaseRef)
  /** Came to nothing because of its worker: no attempt of the task's. */
  | ({ readonly kind: 'handed-back'; readonly failure: Failure } & LeaseRef)
  /** A hand-back was the task's after all: its worker did others well before and after. */
  | {
      readonly kind: 'suspected';
      readonly run: string;
      readonly task: number;
      readonly worker: string;
      readonly failure: Failure;
    }
  /** The state that a fit gave is gone: it is done once more. */
  | { readonly kind: 'reopened'; readonly run: string; readonly task: number }
  /** Handed back uncomputed. */
  | ({ readonly kind: 'released' } & LeaseRef)
  /** Not renewed in time, or lost with its worker. */
  | ({ readonly kind: 'expired' } & LeaseRef)
  | { readonly kind: 'paused' | 'resumed' | 'cancelled' | 'retried'; readonly run: string };

/** In a snapshot: what the former attempts of a task came to. */
export interface TaskHistory {
  readonly run: string;
  readonly task: number;
  readonly attempts: number;
  readonly failures: number;
  readonly losses: number;
  /** Null: the task goes on. */
  readonly state: 'failed' | 'quarantined' | null;
  readonly lastFailure: Failure | null;
  /** Workers that it failed on, and how; absent in journals of former versions. */
  readonly failedOn?: readonly (readonly [string, FailedAs])[];
}

/** How a worker failed a task: for good, since another attempt there would fail alike; at a bad moment; or through a failure of its own. */
export type FailedAs = 'for-good' | 'failed' | 'handed-back';

/** A live lease. */
export interface Lease extends LeaseRef {
  readonly worker: string;
  readonly startedAt: number;
  deadline: number;
  /** In the order of the deadlines. */
  place: number;
}

/** A task that the queue should hand to a worker. */
export interface Offer {
  readonly run: string;
  readonly task: number;
  /** The execution that it would be. */
  readonly attempt: number;
  /** Counts publications of the task, so that a queue that drops repeated messages takes it. */
  readonly epoch: number;
}

/** Times in milliseconds of the injected clock. */
export interface LedgerSettings {
  /** A lease that is not renewed within this time is lost. */
  readonly leaseMs: number;
  /** Failures of a task's own after which it is quarantined, when they were on different workers or on all there are. */
  readonly maxFailures: number;
  /** Executions after which it is quarantined that were lost with their worker, or that only this task made it hand back. */
  readonly maxLosses: number;
  /** First back-off after a failure; doubles each time. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A task that runs longer than so many medians of its kind is offered a second time. */
  readonly stragglerFactor: number;
  /** Tasks of a kind that must be done before any is called a straggler. */
  readonly stragglerSamples: number;
  /** No task is called a straggler within this time. */
  readonly stragglerMinMs: number;
  /** An offer that nobody leased within this time, while a place was free, is published again: the queue has lost it. */
  readonly republishMs: number;
}

export const DEFAULT_LEDGER_SETTINGS: LedgerSettings = {
  leaseMs: 30_000,
  maxFailures: 3,
  maxLosses: 10,
  backoffMs: 1000,
  maxBackoffMs: 60_000,
  stragglerFactor: 4,
  stragglerSamples: 8,
  stragglerMinMs: 5000,
  republishMs: 15_000,
};
