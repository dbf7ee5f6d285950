import type { Digest, ErrorCode, WorkCounts } from '@oodgrid/protocol';
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
  /** A failure that is not the task's: another worker will have it, or it waits for what is missing. */
  | {
      readonly kind: 'task-handed-back';
      readonly taskId: string;
      readonly workerId: string;
      readonly message: string;
    }
  /** A worker gets no tasks for so long, or (null) until it says that it is well. */
  | {
      readonly kind: 'worker-set-aside';
      readonly workerId: string;
      readonly code: ErrorCode;
      readonly reason: string;
      readonly seconds: number | null;
    }
  | { readonly kind: 'worker-taken-back'; readonly workerId: string }
  /** Tasks wait for a blob: until its fit is done again, or until somebody brings it. The message says what to do. */
  | {
      readonly kind: 'blob-missing';
      readonly blob: Digest;
      readonly isDoneAgain: boolean;
      readonly message: string;
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
  /** It starts anew in another numerics class. */
  | { readonly kind: 'moved'; readonly numericsClass: string }
  /** The run is being merged; said now and then. */
  | { readonly kind: 'merge-progress'; readonly merged: number; readonly cells: number }
  /** `choice`: its title. */
  | { readonly kind: 'choice-made'; readonly choice: string; readonly outcome: unknown }
  /** A line that a worker wrote while it had the task. */
  | { readonly kind: 'log'; readonly taskId: string; readonly workerId: string; readonly line: string }
  | {
      readonly kind: 'ended';
      readonly status: 'done' | 'failed' | 'cancelled';
      readonly problem: RunProblem | null;
    };
