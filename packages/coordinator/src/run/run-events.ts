import type { Candidate, WorkCounts } from '@oodgrid/protocol';
import type { WorkerInfo } from '@oodgrid/transport';
import type { Failure } from '../ledger/ledger.js';

/** What a run tells those who watch it. */
export type RunEvent =
  | { readonly kind: 'worker-joined'; readonly worker: WorkerInfo }
  | { readonly kind: 'worker-lost'; readonly workerId: string }
  | {
      readonly kind: 'task-started';
      readonly taskId: string;
      readonly workerId: string;
      readonly attempt: number;
    }
  | { readonly kind: 'task-progress'; readonly taskId: string; readonly work: WorkCounts }
  | {
      readonly kind: 'task-failed';
      readonly taskId: string;
      readonly failure: Failure;
      readonly willRetry: boolean;
    }
  /** `isReused` when its results came from the cache. */
  | {
      readonly kind: 'task-done';
      readonly taskId: string;
      readonly isReused: boolean;
      readonly work: WorkCounts;
      readonly seconds: number;
    }
  | { readonly kind: 'choice-made'; readonly choice: string; readonly candidate: Candidate };
