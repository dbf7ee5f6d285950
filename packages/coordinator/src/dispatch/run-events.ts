import type { WorkCounts } from '@oodgrid/protocol';
import type { WorkerInfo } from '@oodgrid/transport';
import type { Failure } from '../ledger/ledger-events.js';
import type { RunProblem } from '../store/journal-record.js';

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
  /** Its lease was not renewed; another worker will have it. */
  | { readonly kind: 'task-lost'; readonly taskId: string; readonly workerId: string }
  /** `isReused` when its results came from the cache. */
  | {
      readonly kind: 'task-done';
      readonly taskId: string;
      readonly isReused: boolean;
      readonly work: WorkCounts;
      readonly seconds: number;
    }
  | { readonly kind: 'choice-made'; readonly choice: string; readonly outcome: unknown }
  /** A line that a worker wrote while it had the task. */
  | { readonly kind: 'log'; readonly taskId: string; readonly workerId: string; readonly line: string }
  | {
      readonly kind: 'ended';
      readonly status: 'done' | 'failed' | 'cancelled';
      readonly problem: RunProblem | null;
    };
